package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many keys at once, between three real members in one JVM. */
class ManyKeysTest {
  private static final OwnershipOptions OPTIONS = OwnershipOptions.DEFAULTS.withLease(60_000, 300);
  private static final Holder DEAD = new Holder("dead", 5);
  private static final int KEYS = 1200;

  private final ClusterNodes cluster = new ClusterNodes();
  private OwnershipMember a;
  private OwnershipMember b;
  private OwnershipMember c;

  @BeforeEach
  void start() throws Exception {
    a = OwnershipMember.start(cluster, "a", OPTIONS);
    b = OwnershipMember.start(cluster, "b", OPTIONS);
    c = OwnershipMember.start(cluster, "c", OPTIONS);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void claimsOfManyKeysAreAnsweredInOrderAndOutliveANode() throws Exception {
    long theirs = b.claim("k7").epoch();
    List<String> keys = keys();
    List<OwnerAnswer> granted = a.get(() -> a.ownership().claimAll(keys));
    for (int i = 0; i < KEYS; i++) {
      OwnerAnswer answer = granted.get(i);
      assertEquals(keys.get(i), answer.record().key());
      assertEquals(i == 7 ? OwnerCode.OWNED_BY_OTHER : OwnerCode.GRANTED, answer.code());
    }
    assertEquals(theirs, granted.get(7).epoch());
    assertEquals(KEYS - 1, a.ownership().heldCount());
    List<OwnerAnswer> again = a.get(() -> a.ownership().claimAll(keys));
    assertEquals(OwnerCode.HELD, again.get(3).code());
    assertEquals(granted.get(3).epoch(), again.get(3).epoch());
    assertTrue(b.awaitSafe(), "copies are not made");
    b.kill();
    List<Future<OwnerRecord>> reads =
        ClusterNodes.on(c.lane(), () -> keys.stream().map(c.ownership()::get).toList());
    for (int i = 0; i < KEYS; i++) {
      OwnerRecord record = ClusterNodes.await(reads.get(i));
      assertNotNull(record, keys.get(i) + " was lost with a node");
      assertEquals(granted.get(i).epoch(), record.epoch());
    }
  }

  @Test
  void eachKeyOfAnEndedSessionIsAnnouncedAsFreeAndTakenTogether() throws Exception {
    Map<String, Long> epochs = new TreeMap<>();
    List<String> keys = keys();
    List<Future<OwnerAnswer>> claims =
        ClusterNodes.on(
            a.lane(),
            () ->
                keys.stream()
                    .map(key -> a.ownership().claim(Claim.of(key, DEAD).withTtl(0)))
                    .toList());
    for (Future<OwnerAnswer> claim : claims) {
      OwnerAnswer answer = ClusterNodes.await(claim);
      epochs.put(answer.record().key(), answer.epoch());
    }
    a.get(() -> a.ownership().claim(Claim.of("other", new Holder("alive", 1)).withTtl(0)));
    BlockingQueue<OwnerChange> heard = new LinkedBlockingQueue<>();
    BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    ClusterNodes.on(b.lane(), () -> b.ownership().watch(heard::add));
    Promise<Void> live = Promise.promise();
    ClusterNodes.on(
        c.lane(),
        () -> c.channels().subscribe(Ownership.CHANNEL, Start.NOW, new FrameReader(frames, live)));
    ClusterNodes.await(live.future());
    c.get(() -> c.ownership().endSession(DEAD, "it is dead"));
    assertEquals(epochs, freed(heard));
    assertEquals(epochs, inFrames(frames, "freed"));
    List<OwnerAnswer> taken = c.get(() -> c.ownership().claimAll(keys));
    Map<String, Long> moved = new TreeMap<>();
    for (OwnerAnswer answer : taken) {
      assertEquals(OwnerCode.GRANTED, answer.code());
      assertTrue(answer.epoch() > epochs.get(answer.record().key()));
      moved.put(answer.record().key(), answer.epoch());
    }
    assertEquals(moved, inFrames(frames, "moved"));
    assertEquals(
        List.of("other"),
        a.get(() -> a.ownership().list("alive", "", 10)).records().stream()
            .map(OwnerRecord::key)
            .toList());
  }

  @Test
  void noKeyOfAnEndedSessionIsMissedWhileEntriesMoveToANewNode() throws Exception {
    List<String> keys = keys();
    a.get(() -> a.ownership().claimAll(DEAD, keys));
    BlockingQueue<OwnerChange> heard = new LinkedBlockingQueue<>();
    ClusterNodes.on(b.lane(), () -> b.ownership().watch(heard::add));
    // Its share of the entries comes to it from now on.
    OwnershipMember.start(cluster, "d", OPTIONS);
    a.get(() -> a.ownership().endSession(DEAD, "it is dead"));
    assertEquals(Set.copyOf(keys), freed(heard).keySet());
  }

  @Test
  void hostsOutsideAreAskedForAllKeysTogetherAndEachKeyHasItsAnswer() throws Exception {
    List<String> keys = keys().subList(0, 50).stream().map(key -> "voted-" + key).toList();
    Map<String, Promise<Holder>> votes = new ConcurrentHashMap<>();
    a.owners()
        .outside(
            granted -> {
              Promise<Holder> vote = votes.computeIfAbsent(granted.key(), k -> Promise.promise());
              if (votes.size() == keys.size()) {
                // None is answered before all were asked.
                votes.forEach((key, asked) -> say(key, asked));
              }
              return vote.future();
            });
    try {
      List<OwnerAnswer> answers = a.get(() -> a.ownership().claimAll(keys));
      for (int i = 0; i < keys.size(); i++) {
        OwnerCode expected = i == 7 ? OwnerCode.OWNED_BY_OTHER : OwnerCode.GRANTED;
        assertEquals(i == 8 ? OwnerCode.NO_MAJORITY : expected, answers.get(i).code());
      }
      assertEquals("outside", answers.get(7).record().owner());
      assertEquals(keys.size() - 2, a.ownership().heldCount());
    } finally {
      a.owners().outside(OutsideVote.NONE);
    }
    for (String refused : List.of("voted-k7", "voted-k8")) {
      assertEquals(OwnerCode.GRANTED, b.claim(refused).code(), "it was given back");
    }
  }

  private static void say(String key, Promise<Holder> asked) {
    switch (key) {
      case "voted-k7" -> asked.complete(new Holder("outside", 3));
      case "voted-k8" -> asked.fail(Failure.of(FailureCode.NO_MAJORITY, "alone").toException());
      default -> asked.complete();
    }
  }

  @Test
  void tooManyKeysAtOnceAreRefused() throws Exception {
    List<String> keys = java.util.Collections.nCopies(Ownership.MOST_AT_ONCE + 1, "k");
    Throwable refused =
        a.get(() -> a.ownership().claimAll(keys).<Throwable>map(x -> null).otherwise(x -> x));
    assertEquals(FailureCode.INVALID_REQUEST, Failure.of(refused).code());
  }

  // ---- parts ----

  private static List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add("k" + i);
    }
    return keys;
  }

  private static Map<String, Long> freed(BlockingQueue<OwnerChange> heard) throws Exception {
    Map<String, Long> freed = new TreeMap<>();
    while (freed.size() < KEYS) {
      OwnerChange change = heard.poll(60, TimeUnit.SECONDS);
      assertNotNull(change, () -> freed.size() + " keys were announced");
      if (change.kind() == OwnerChange.Kind.FREED) {
        assertEquals(DEAD, change.previous());
        freed.put(change.key(), change.previousEpoch());
      }
    }
    return freed;
  }

  /** Keys of frames of a kind, of one key or of many. */
  private static Map<String, Long> inFrames(BlockingQueue<JsonObject> frames, String kind)
      throws Exception {
    Map<String, Long> found = new TreeMap<>();
    while (found.size() < KEYS) {
      JsonObject frame = frames.poll(60, TimeUnit.SECONDS);
      assertNotNull(frame, () -> found.size() + " keys are in frames");
      if (!frame.getString("kind").equals(kind)) {
        continue;
      }
      JsonObject keys = frame.getJsonObject("keys", new JsonObject());
      keys.fieldNames().forEach(key -> found.put(key, keys.getLong(key)));
      if (frame.containsKey("key")) {
        found.put(frame.getString("key"), frame.getLong("epoch"));
      }
    }
    return found;
  }

  private record FrameReader(BlockingQueue<JsonObject> read, Promise<Void> live)
      implements Subscriber {
    @Override
    public void live(long epoch, long next) {
      live.complete();
    }

    @Override
    public void frames(List<ChannelFrame> frames) {
      frames.forEach(frame -> read.add(frame.data().toJsonObject()));
    }

    @Override
    public void reset(Reason reason, long epoch, long next) {
      // The frames tell.
    }

    @Override
    public void snapshot(Snapshot snapshot) {
      // There is none.
    }

    @Override
    public void ended(Failure reason) {
      // The test waits for frames.
    }
  }
}
