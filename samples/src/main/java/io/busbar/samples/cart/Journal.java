package io.busbar.samples.cart;

import io.busbar.failure.Failure;
import io.busbar.ownership.Fence;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The journal of one cart, in a directory that all nodes share: the resource that checks epochs.
 * Entry number n is the file n. It is written under another name and then linked to its own, which
 * the file system does for one writer only; so the check of the fence and the write are one step: a
 * writer that has read up to n can only write n + 1, and fails if another one, perhaps a newer
 * owner, was there before. What a process leaves behind when it is killed is whole or not there.
 *
 * <p>Every method blocks, and throws UncheckedIOException. For one thread.
 */
final class Journal {
  private final Path directory;
  private final Consumer<Entry> reader;
  private final Fence fence = new Fence();
  private long last;

  /**
   * Opens or begins a journal and reads it.
   *
   * @param reader is given all entries in order, also those that {@link #append} writes
   */
  Journal(Path directory, Consumer<Entry> reader) {
    this.directory = directory;
    this.reader = reader;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    readOn();
  }

  /** The newest epoch that wrote, 0 = none. */
  long epoch() {
    return fence.epoch();
  }

  /** Number of the last entry. */
  long last() {
    return last;
  }

  /** Writes an entry so that a crash does not lose it; throws STALE_EPOCH if its epoch is over. */
  void append(Entry entry) {
    do {
      readOn();
      Failure refused = fence.refuses(entry.epoch(), entry.writer());
      if (refused != null) {
        throw refused.toException();
      }
    } while (!written(entry));
    readOn();
  }

  private void readOn() {
    try {
      while (true) {
        Entry entry = Entry.of(Buffer.buffer(Files.readAllBytes(file(last + 1))));
        fence.check(entry.epoch(), entry.writer());
        last++;
        reader.accept(entry);
      }
    } catch (NoSuchFileException e) {
      // That was the last one.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** False = somebody else wrote the next entry. */
  private boolean written(Entry entry) {
    Path draft = directory.resolve("draft-" + UUID.randomUUID());
    try {
      force(draft, entry.toBuffer());
      Files.createLink(file(last + 1), draft);
      try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
        names.force(true);
      }
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      draft.toFile().delete();
    }
  }

  private static void force(Path path, Buffer text) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes());
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
  }

  private Path file(long number) {
    return directory.resolve(String.format("%012d", number));
  }
}
