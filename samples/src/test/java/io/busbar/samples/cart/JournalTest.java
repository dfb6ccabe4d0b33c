package io.busbar.samples.cart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.ownership.Holder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final Holder OLD = new Holder("old", 1);
  private static final Holder NEW = new Holder("new", 1);

  @TempDir private Path directory;

  private static Entry entry(long epoch, Holder writer, String request) {
    return new Entry(epoch, writer, request, "apple", 1);
  }

  private static FailureCode refusal(Journal journal, Entry entry) {
    FailureException refused =
        assertThrows(FailureException.class, () -> journal.append(entry), entry.toString());
    return refused.failure().code();
  }

  private List<Entry> stored() {
    List<Entry> entries = new ArrayList<>();
    new Journal(directory, entries::add);
    return entries;
  }

  @Test
  void whatWasWrittenIsReadInOrder() {
    Journal journal = new Journal(directory, entry -> {});
    List<Entry> written = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Entry entry = entry(5, OLD, "request-" + i);
      journal.append(entry);
      written.add(entry);
    }
    assertEquals(written, stored());
  }

  @Test
  void anOwnerThatWasSupersededCannotWriteAnyMore() {
    Journal old = new Journal(directory, entry -> {});
    old.append(entry(5, OLD, "first"));
    Journal fresh = new Journal(directory, entry -> {});
    fresh.append(Entry.opened(6, NEW));

    // The old one has not read what the new one wrote.
    assertEquals(FailureCode.STALE_EPOCH, refusal(old, entry(5, OLD, "late")));

    assertEquals(List.of(entry(5, OLD, "first"), Entry.opened(6, NEW)), stored());
  }

  @Test
  void anotherHolderOfTheSameEpochIsRefused() {
    Journal journal = new Journal(directory, entry -> {});
    journal.append(Entry.opened(5, OLD));
    assertEquals(FailureCode.STALE_EPOCH, refusal(journal, entry(5, NEW, "other")));
  }

  @Test
  void ofWritersAtOneTimeEachEntryIsWrittenOnceAndEpochsOnlyGrow() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(4);
    Set<String> accepted = new HashSet<>();
    try {
      List<Future<Set<String>>> all = new ArrayList<>();
      for (int epoch = 1; epoch <= 4; epoch++) {
        int own = epoch;
        all.add(writers.submit(() -> writeUntilRefused(own)));
      }
      for (Future<Set<String>> one : all) {
        accepted.addAll(one.get());
      }
    } finally {
      writers.shutdown();
    }
    List<Entry> stored = stored();
    assertEquals(accepted, new HashSet<>(stored.stream().map(Entry::request).toList()));
    assertEquals(accepted.size(), stored.size());
    assertEquals(
        stored.stream().map(Entry::epoch).sorted().toList(),
        stored.stream().map(Entry::epoch).toList());
  }

  private Set<String> writeUntilRefused(int epoch) {
    Journal journal = new Journal(directory, entry -> {});
    Set<String> accepted = new HashSet<>();
    try {
      for (int i = 0; i < 25; i++) {
        String request = epoch + "-" + i;
        journal.append(entry(epoch, new Holder("owner-" + epoch, 1), request));
        accepted.add(request);
      }
    } catch (FailureException superseded) {
      assertEquals(FailureCode.STALE_EPOCH, superseded.failure().code());
    }
    return accepted;
  }

  @Test
  void whatAKilledWriterLeftBehindIsNoEntry() throws Exception {
    Journal journal = new Journal(directory, entry -> {});
    journal.append(entry(5, OLD, "first"));
    Files.writeString(directory.resolve("draft-1"), "{\"epoch\":5,");
    assertEquals(List.of(entry(5, OLD, "first")), stored());
  }
}
