package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.map.HazelcastOwners;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.Until;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ownership between two real members in one JVM. */
class TwoNodesTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final OwnershipOptions OPTIONS = OwnershipOptions.DEFAULTS.withLease(1500, 300);
  private static OwnershipMember a;
  private static OwnershipMember b;

  @BeforeAll
  static void start() throws Exception {
    a = OwnershipMember.start(CLUSTER, "a", OPTIONS);
    b = OwnershipMember.start(CLUSTER, "b", OPTIONS);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  @Test
  void aFreeKeyIsGranted() throws Exception {
    OwnerAnswer answer = a.claim("free");
    assertEquals(OwnerCode.GRANTED, answer.code());
    assertEquals("a", answer.record().owner());
    assertTrue(answer.epoch() > 1_600_000_000_000L, "epochs are not below the clock");
    assertTrue(a.ownership().held().contains(new Ownership.HeldKey("free", answer.epoch())));
  }

  @Test
  void aSecondClaimOfTheHolderKeepsTheEpoch() throws Exception {
    OwnerAnswer first = a.claim("again");
    OwnerAnswer second = a.claim("again");
    assertEquals(OwnerCode.HELD, second.code());
    assertEquals(first.epoch(), second.epoch());
  }

  @Test
  void aClaimOfAnotherNodeIsRefusedWithTheOwner() throws Exception {
    OwnerAnswer first = a.claim("theirs");
    OwnerAnswer refused = b.claim("theirs");
    assertEquals(OwnerCode.OWNED_BY_OTHER, refused.code());
    assertEquals("a", refused.record().owner());
    assertEquals(first.epoch(), refused.epoch());
  }

  @Test
  void aGrantThatAHostOutsideRefusesIsGivenBackBeforeTheAnswer() throws Exception {
    b.owners().outside(granted -> Future.succeededFuture(new Holder("outside", 3)));
    try {
      OwnerAnswer refused = b.claim("voted");
      assertEquals(OwnerCode.OWNED_BY_OTHER, refused.code());
      assertEquals("outside", refused.record().owner());
    } finally {
      b.owners().outside(OutsideVote.NONE);
    }
    assertEquals(OwnerCode.GRANTED, a.claim("voted").code());
  }

  @Test
  void aGrantWithoutTheMajorityOutsideFailsAndIsGivenBack() throws Exception {
    Failure alone = Failure.of(FailureCode.NO_MAJORITY, "alone");
    b.owners().outside(granted -> Future.failedFuture(alone.toException()));
    try {
      Exception failed = assertThrows(Exception.class, () -> b.claim("alone"));
      assertEquals(FailureCode.NO_MAJORITY, Failure.of(failed.getCause()).code());
    } finally {
      b.owners().outside(OutsideVote.NONE);
    }
    assertEquals(OwnerCode.GRANTED, a.claim("alone").code());
  }

  @Test
  void aRepeatedClaimWaitsForTheVoteOnTheFirst() throws Exception {
    Promise<Holder> vote = Promise.promise();
    b.owners().outside(granted -> vote.future());
    try {
      Future<OwnerAnswer> first = ClusterNodes.on(b.lane(), () -> b.ownership().claim("open"));
      Until.holds(() -> b.get(() -> b.ownership().get("open")) != null, "it was not asked for");
      Future<OwnerAnswer> again = ClusterNodes.on(b.lane(), () -> b.ownership().claim("open"));
      vote.complete(new Holder("outside", 3));
      assertEquals(OwnerCode.OWNED_BY_OTHER, ClusterNodes.await(first).code());
      assertTrue(ClusterNodes.await(again).code() != OwnerCode.HELD, "told of a grant too early");
    } finally {
      b.owners().outside(OutsideVote.NONE);
    }
  }

  @Test
  void ofManyClaimsAtOnceOneWins() throws Exception {
    List<Future<OwnerAnswer>> claims = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String key = "race-" + i % 50;
      OwnershipMember who = i / 50 % 2 == 0 ? a : b;
      claims.add(ClusterNodes.on(who.lane(), () -> who.ownership().claim(key)));
    }
    Set<String> granted = new HashSet<>();
    for (Future<OwnerAnswer> claim : claims) {
      OwnerAnswer answer = ClusterNodes.await(claim);
      if (answer.code() == OwnerCode.GRANTED) {
        assertTrue(granted.add(answer.record().key()), answer.record().key() + " granted twice");
      }
    }
    assertEquals(50, granted.size());
  }

  @Test
  void aReleasedKeyHasAHigherEpochWithItsNextOwner() throws Exception {
    long first = a.claim("back").epoch();
    assertEquals(OwnerCode.RELEASED, a.get(() -> a.ownership().release("back", first)).code());
    assertFalse(a.ownership().held().contains(new Ownership.HeldKey("back", first)));
    OwnerAnswer next = b.claim("back");
    assertEquals(OwnerCode.GRANTED, next.code());
    assertTrue(next.epoch() > first);
  }

  @Test
  void aSealedKeyIsTakenByItsTargetOnly() throws Exception {
    long epoch = a.claim("sealed").epoch();
    a.get(() -> a.ownership().seal("sealed", epoch, "b"));
    OwnerAnswer taken = b.get(() -> b.ownership().take("sealed", epoch));
    assertEquals(OwnerCode.GRANTED, taken.code());
    assertEquals("b", taken.record().owner());
    OwnerAnswer late = a.get(() -> a.ownership().unseal("sealed", epoch));
    assertEquals(OwnerCode.STALE_EPOCH, late.code());
  }

  @Test
  void aKeyThatIsNotSealedCannotBeTaken() throws Exception {
    long epoch = a.claim("open").epoch();
    assertEquals(OwnerCode.OWNED_BY_OTHER, b.get(() -> b.ownership().take("open", epoch)).code());
  }

  @Test
  void oneWriteRenewsAllKeysOfASession() throws Exception {
    int keys = 50;
    for (int i = 0; i < keys; i++) {
      assertEquals(OwnerCode.GRANTED, a.claim("many-" + i).code());
    }
    BlockingQueue<String> renewed = new LinkedBlockingQueue<>();
    Set<String> written = ConcurrentHashMap.newKeySet();
    IMap<String, byte[]> sessions = b.node().hazelcast().getMap(HazelcastOwners.SESSIONS);
    IMap<String, byte[]> owners = b.node().hazelcast().getMap(HazelcastOwners.OWNERS);
    UUID onSessions =
        sessions.addEntryListener(
            (EntryUpdatedListener<String, byte[]>) event -> renewed.add(event.getKey()), false);
    UUID onOwners =
        owners.addEntryListener(
            (EntryUpdatedListener<String, byte[]>) event -> written.add(event.getKey()), false);
    String own = null;
    for (int renewals = 0; renewals < 3; ) {
      String session = renewed.poll(30, TimeUnit.SECONDS);
      assertTrue(session != null, "the session is not renewed");
      if (session.contains("a") && (own == null || own.equals(session))) {
        own = session;
        renewals++;
      }
    }
    sessions.removeEntryListener(onSessions);
    owners.removeEntryListener(onOwners);
    assertFalse(written.stream().anyMatch(key -> key.startsWith("many-")), written.toString());
    assertTrue(a.ownership().held().size() >= keys);
  }

  @Test
  void aHostOutsideOwnsWhileItsSessionIsRenewed() throws Exception {
    Holder outside = new Holder("outside", 7);
    Claim claim = Claim.of("lent", outside).withTtl(600_000);
    OwnerAnswer granted = a.get(() -> a.ownership().claim(claim));
    assertEquals(OwnerCode.GRANTED, granted.code());
    assertEquals(OwnerCode.HELD, b.get(() -> b.ownership().renew("lent", granted.epoch())).code());
    assertEquals(OwnerCode.OWNED_BY_OTHER, b.claim("lent").code());
    // Nobody renews it any more.
    awaitChange(
        a,
        change ->
            change.kind() == OwnerChange.Kind.SESSION_ENDED && outside.equals(change.previous()),
        () -> a.get(() -> a.ownership().renewSession(outside, 1500)));
    OwnerAnswer taken = b.claim("lent");
    assertEquals(OwnerCode.GRANTED, taken.code());
    assertTrue(taken.epoch() > granted.epoch());
    assertFalse(a.get(() -> a.ownership().renewSession(outside, 1500)), "an end is final");
  }

  @Test
  void theKeysOfAnEndedSessionAreFreeAtOnce() throws Exception {
    Holder outside = new Holder("gone", 3);
    a.get(() -> a.ownership().claim(Claim.of("freed", outside).withTtl(0)));
    a.get(() -> a.ownership().endSession(outside, "it is dead"));
    assertEquals(OwnerCode.GRANTED, a.claim("freed").code());
  }

  @Test
  void listsByHostInPages() throws Exception {
    Holder outside = new Holder("lister", 1);
    for (int i = 0; i < 7; i++) {
      Claim claim = Claim.of("list-" + i, outside).withTtl(0);
      a.get(() -> a.ownership().claim(claim));
    }
    OwnerPage first = b.get(() -> b.ownership().list("lister", "", 5));
    OwnerPage rest = b.get(() -> b.ownership().list("lister", "list-4", 5));
    assertEquals(
        List.of("list-0", "list-1", "list-2", "list-3", "list-4"),
        first.records().stream().map(OwnerRecord::key).toList());
    assertTrue(first.more());
    assertEquals(
        List.of("list-5", "list-6"), rest.records().stream().map(OwnerRecord::key).toList());
    assertFalse(rest.more());
  }

  @Test
  void aChangeIsToldOnEveryNode() throws Exception {
    OwnerChange heard =
        awaitChange(b, change -> change.key().equals("watched"), () -> a.claim("watched"));
    assertEquals(OwnerChange.Kind.CLAIMED, heard.kind());
    assertEquals("a", heard.record().owner());
  }

  @Test
  void aLossOfManyPartitionsAtOnceIsToldOnce() throws Exception {
    List<OwnerChange> heard = new CopyOnWriteArrayList<>();
    Runnable end = ClusterNodes.on(b.lane(), () -> b.ownership().watch(heard::add));
    try {
      ClusterNodes.on(
          a.lane(),
          () -> {
            for (int i = 0; i < 200; i++) {
              a.owners().lost();
            }
            return null;
          });
      awaitChange(
          b, change -> change.kind() == OwnerChange.Kind.UNCERTAIN, () -> a.owners().lost());
      assertTrue(
          heard.stream().filter(one -> one.kind() == OwnerChange.Kind.UNCERTAIN).count() <= 2);
    } finally {
      end.run();
    }
  }

  @Test
  void theChannelHasEveryChange() throws Exception {
    BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    ClusterNodes.on(
        b.lane(),
        () -> b.channels().subscribe(Ownership.CHANNEL, Start.OLDEST, new FrameReader(frames)));
    long epoch = a.claim("followed").epoch();
    a.get(() -> a.ownership().release("followed", epoch));
    assertEquals("claimed", next(frames, "followed").getString("kind"));
    assertEquals("released", next(frames, "followed").getString("kind"));
  }

  @Test
  void aForeignHostReservesThenOwns() throws Exception {
    ConfirmOwner request = ConfirmOwner.of("cart", "10.0.0.9");
    OwnerAnswer first = a.get(() -> a.ownership().confirm(request, host -> HostState.ALIVE));
    assertEquals(OwnerCode.RESERVED, first.code());
    assertEquals(OwnerCode.RESERVED_FOR_OTHER, b.claim("cart").code());
    OwnerAnswer second = b.get(() -> b.ownership().confirm(request, host -> HostState.ALIVE));
    assertEquals(OwnerCode.GRANTED, second.code());
    ConfirmOwner other = ConfirmOwner.of("cart", "10.0.0.8");
    assertEquals(
        OwnerCode.OWNED_BY_OTHER,
        a.get(() -> a.ownership().confirm(other, host -> HostState.ALIVE)).code());
    assertEquals(
        OwnerCode.OWNER_SUSPECT,
        a.get(() -> a.ownership().confirm(other, host -> HostState.SUSPECT)).code());
    assertEquals(
        OwnerCode.GRANTED,
        a.get(() -> a.ownership().confirm(other, host -> HostState.GONE)).code());
  }

  @Test
  void nothingIsKnownOfAKeyNobodyHadEver() throws Exception {
    assertNull(a.get(() -> a.ownership().get("never")));
    assertEquals(OwnerCode.NOT_OWNED, a.get(() -> a.ownership().release("never", 5)).code());
  }

  @Test
  void aBadKeyIsRefusedByName() throws Exception {
    Throwable refused =
        a.get(() -> a.ownership().claim("a\nb").<Throwable>map(x -> null).otherwise(x -> x));
    assertTrue(Failure.of(refused).detail().startsWith("key 'a"), Failure.of(refused).detail());
  }

  // ---- parts ----

  private interface Doing {
    void run() throws Exception;
  }

  private static OwnerChange awaitChange(
      OwnershipMember at, java.util.function.Predicate<OwnerChange> wanted, Doing action)
      throws Exception {
    BlockingQueue<OwnerChange> heard = new LinkedBlockingQueue<>();
    Runnable end = ClusterNodes.on(at.lane(), () -> at.ownership().watch(heard::add));
    action.run();
    try {
      while (true) {
        OwnerChange change = heard.poll(60, TimeUnit.SECONDS);
        assertTrue(change != null, "the change was not told");
        if (wanted.test(change)) {
          return change;
        }
      }
    } finally {
      end.run();
    }
  }

  private static JsonObject next(BlockingQueue<JsonObject> frames, String key) throws Exception {
    while (true) {
      JsonObject frame = frames.poll(60, TimeUnit.SECONDS);
      assertTrue(frame != null, "no frame of " + key);
      if (key.equals(frame.getString("key"))) {
        return frame;
      }
    }
  }

  private record FrameReader(BlockingQueue<JsonObject> read) implements Subscriber {
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
