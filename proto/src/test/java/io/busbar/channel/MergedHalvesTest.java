package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelState;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three members, of which one is cut off from the other two, and merges with them later. */
class MergedHalvesTest {
  private static final int COMMON = 4;

  private final ClusterNodes cluster = new ClusterNodes();
  private ChannelMember a;
  private ChannelMember b;
  private ChannelMember lone;

  /**
   * Both halves have a copy of its ring: the lone member the first, one of the others the second.
   */
  private String channel;

  private void start(ChannelMember.Guard guard) throws Exception {
    a = ChannelMember.start(cluster, "a", ChannelCatalog.DEFAULTS, guard);
    b = ChannelMember.start(cluster, "b", ChannelCatalog.DEFAULTS, guard);
    lone = ChannelMember.start(cluster, "lone", ChannelCatalog.DEFAULTS, guard);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private Append frame(String text) {
    return Append.of(channel, Buffer.buffer(text), "").withId(text);
  }

  private static Appended append(ChannelMember at, Append append) throws Exception {
    return at.get(() -> at.channels().append(append));
  }

  private Appended append(ChannelMember at, String text) throws Exception {
    return append(at, frame(text));
  }

  private RecordingSubscriber follow(ChannelMember at) throws Exception {
    RecordingSubscriber follower = new RecordingSubscriber();
    at.at(() -> at.channels().subscribe(channel, Start.OLDEST, follower));
    follower.awaitLive();
    return follower;
  }

  /** Of a channel whose ring that member holds. */
  private long firstFrame(ChannelMember holder) throws Exception {
    for (int i = 0; ; i++) {
      channel = "x" + i;
      Appended first = append(a, "common1");
      if (holder.holds(channel)) {
        return first.epoch();
      }
    }
  }

  private long common() throws Exception {
    for (ChannelMember one : List.of(a, b, lone)) {
      assertTrue(one.awaitSafe());
    }
    long epoch = firstFrame(lone);
    for (int i = 2; i <= COMMON; i++) {
      assertEquals(epoch, append(a, "common" + i).epoch());
    }
    for (ChannelMember one : List.of(a, b, lone)) {
      assertTrue(one.awaitSafe());
    }
    return epoch;
  }

  private void split() throws Exception {
    cluster.split(lone.node(), List.of(a.node(), b.node()));
  }

  private void merge() throws Exception {
    cluster.merge(lone.node(), a.node(), 3);
  }

  private static void assertConflict(ChannelMember at, Append append) {
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> at.get(() -> at.channels().append(append)));
    assertEquals(FailureCode.CONFLICT, Failure.of(refused.getCause()).code());
  }

  /** Neither half noticed in time, or the size of the cluster is configured wrongly. */
  @Test
  void whenBothPublishedANewEpochBeginsAndAllAreToldToStartAnew() throws Exception {
    start(ChannelMember.Guard.NONE);
    long epoch = common();
    RecordingSubscriber atA = follow(a);
    RecordingSubscriber atB = follow(b);
    split();
    // The event bus is not cut: a follower from before would hear of the other half.
    List<RecordingSubscriber> all = List.of(atA, atB, follow(lone));
    for (int i = 1; i <= 5; i++) {
      assertEquals(COMMON + i, append(a, "pair" + i).last());
    }
    for (int i = 1; i <= 2; i++) {
      assertEquals(COMMON + i, append(lone, "lone" + i).last());
    }
    Append onceThere = Append.of(channel, Buffer.buffer("k"), "").withId("key");
    assertEquals(epoch, append(lone, onceThere).epoch());
    for (RecordingSubscriber one : all) {
      one.awaitFrames(COMMON + 3);
    }
    merge();
    for (RecordingSubscriber one : all) {
      one.await(() -> one.log().contains("reset EPOCH"));
    }
    Appended after = append(lone, onceThere);
    assertNotEquals(epoch, after.epoch());
    assertEquals(after.last(), append(a, onceThere).last(), "once in the new epoch");
    assertConflict(b, frame("late").ifOffset(epoch, COMMON + 5));
    Append next = frame("next").ifOffset(after.epoch(), after.last());
    assertEquals(after.last() + 1, append(b, next).last());
    for (RecordingSubscriber one : all) {
      one.awaitOffset(after.epoch(), after.last() + 1);
      assertEquals(List.of(), one.wrong());
      assertEquals(1, one.log().stream().filter("reset EPOCH"::equals).count(), one.log() + "");
    }
  }

  /** The sequencer of the half that went, and relays of it: all tell of its frames. */
  @Test
  void severalWitnessesOfOneLossBringOneEpoch() throws Exception {
    a = ChannelMember.start(cluster, "a", ChannelCatalog.DEFAULTS, ChannelMember.Guard.NONE);
    b = ChannelMember.start(cluster, "b", ChannelCatalog.DEFAULTS, ChannelMember.Guard.NONE);
    long epoch = firstFrame(a);
    append(a, "common2");
    assertTrue(a.awaitSafe());
    ClusterNodes.await(a.kill());
    ChannelQuery unknown =
        ChannelQuery.newBuilder()
            .setChannel(channel)
            .setMerged(true)
            .setSeenEpoch(epoch)
            .setSeenOffset(2)
            .setSeenId("lone2")
            .build();
    // They wait together for the sequencer that takes over.
    List<ChannelState> answers = told(unknown);
    assertNotEquals(epoch, answers.get(0).getEpoch());
    assertEquals(1, answers.stream().map(ChannelState::getEpoch).distinct().count(), "epochs");
    assertEquals(answers.get(0).getEpoch(), append(b, "after").epoch());
  }

  /** Three at once, again until the survivor has the ring. */
  private List<ChannelState> told(ChannelQuery seen) throws Exception {
    while (true) {
      List<Future<ChannelState>> answers =
          b.at(() -> List.of(tellB(seen), tellB(seen), tellB(seen)));
      List<ChannelState> states = new ArrayList<>();
      for (Future<ChannelState> answer : answers) {
        try {
          states.add(ClusterNodes.await(answer));
        } catch (ExecutionException failed) {
          assertEquals(FailureCode.MOVED, Failure.of(failed.getCause()).code());
        }
      }
      if (states.size() > 1) {
        // The first may have come a moment too early.
        return states;
      }
    }
  }

  private Future<ChannelState> tellB(ChannelQuery seen) {
    return b.lane().ask(b.endpoint(), ChannelServices.STATE, seen, Duration.ofSeconds(10));
  }

  @Test
  void whenTheSmallerHalfPublishedNothingTheEpochGoesOnWithoutAGap() throws Exception {
    start(ChannelMember.Guard.MAJORITY);
    long epoch = common();
    List<RecordingSubscriber> all = List.of(follow(a), follow(b), follow(lone));
    split();
    append(a, "pair1");
    Append once = frame("pair2");
    assertEquals(COMMON + 2, append(b, once).last());
    merge();
    assertTrue(append(lone, once).duplicate());
    Appended last = append(lone, frame("after").ifOffset(epoch, COMMON + 2));
    assertEquals(epoch, last.epoch());
    assertEquals(COMMON + 3, last.last());
    for (RecordingSubscriber one : all) {
      one.awaitOffset(epoch, COMMON + 3);
      assertEquals(List.of(), one.wrong());
      assertEquals(COMMON + 3, one.log().size(), one.log() + "");
      assertEquals((COMMON + 3) + "=after", one.log().get(COMMON + 2));
    }
  }
}
