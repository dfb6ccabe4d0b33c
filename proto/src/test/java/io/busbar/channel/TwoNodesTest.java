package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Channels between two real members in one JVM. */
class TwoNodesTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final ChannelOptions SMALL = ChannelOptions.DEFAULTS.withCapacity(8);
  private static final ChannelCatalog CATALOG =
      new ChannelCatalog(
          100,
          1,
          ChannelOptions.DEFAULTS,
          Map.of(
              "small",
              SMALL,
              "small-gap",
              SMALL.withSlow(ChannelOptions.Slow.GAP, 4),
              "small-latest",
              SMALL.withSlow(ChannelOptions.Slow.LATEST, 1),
              "small-cut",
              SMALL.withSlow(ChannelOptions.Slow.DISCONNECT, 4),
              "thin",
              ChannelOptions.DEFAULTS.withBytes(1000),
              "brief",
              ChannelOptions.DEFAULTS.withTtl(1000)));
  private static ChannelMember a;
  private static ChannelMember b;

  @BeforeAll
  static void start() throws Exception {
    a = ChannelMember.start(CLUSTER, "a", CATALOG);
    b = ChannelMember.start(CLUSTER, "b", CATALOG);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  private static Appended append(ChannelMember at, String channel, String text) throws Exception {
    return at.get(() -> at.channels().append(Append.of(channel, Buffer.buffer(text), "")));
  }

  private static RecordingSubscriber follow(ChannelMember at, String channel, Start start)
      throws Exception {
    RecordingSubscriber subscriber = new RecordingSubscriber();
    subscribe(at, channel, start, subscriber);
    return subscriber;
  }

  private static Subscription subscribe(
      ChannelMember at, String channel, Start start, Subscriber subscriber) throws Exception {
    return at.at(() -> at.channels().subscribe(channel, start, subscriber));
  }

  private static Failure refused(Appending action) {
    ExecutionException thrown = assertThrows(ExecutionException.class, action::run);
    return Failure.of(thrown.getCause());
  }

  private interface Appending {
    void run() throws Exception;
  }

  @Test
  void everySubscriberOnEveryNodeGetsEveryFrameOnce() throws Exception {
    RecordingSubscriber atA = follow(a, "every", Start.NOW);
    RecordingSubscriber atB = follow(b, "every", Start.NOW);
    atA.awaitLive();
    atB.awaitLive();
    for (int i = 1; i <= 40; i++) {
      assertEquals(i, append(i % 2 == 0 ? a : b, "every", "f" + i).last());
    }
    for (RecordingSubscriber one : List.of(atA, atB)) {
      one.awaitFrames(40);
      assertEquals(List.of(), one.wrong());
      assertEquals("40=f40", one.log().get(39));
    }
  }

  @Test
  void framesThatAreAppendedAtOnceFromBothNodesKeepOneOrder() throws Exception {
    RecordingSubscriber atA = follow(a, "crowd", Start.OLDEST);
    RecordingSubscriber atB = follow(b, "crowd", Start.OLDEST);
    List<Future<?>> done = new ArrayList<>();
    for (ChannelMember at : List.of(a, b)) {
      for (int i = 0; i < 300; i++) {
        String text = at.name() + i;
        done.add(at.at(() -> at.channels().append(Append.of("crowd", Buffer.buffer(text), ""))));
      }
    }
    ClusterNodes.await(Future.join(done));
    atA.awaitFrames(600);
    atB.awaitFrames(600);
    assertEquals(List.of(), atA.wrong());
    assertEquals(atA.log(), atB.log());
  }

  @Test
  void anAppendWithAKnownIdIsAnsweredAndNotRepeated() throws Exception {
    Append append = Append.of("once", Buffer.buffer("x"), "").withId("key-1");
    Appended first = a.get(() -> a.channels().append(append));
    Appended second = b.get(() -> b.channels().append(append));
    assertEquals(first.last(), second.last());
    assertTrue(second.duplicate());
    assertEquals(2, append(a, "once", "y").last());
  }

  @Test
  void aConditionThatDoesNotHoldIsAConflict() throws Exception {
    Appended first = append(a, "if", "1");
    Append next = Append.of("if", Buffer.buffer("2"), "").ifOffset(first.epoch(), 1);
    assertEquals(2, b.get(() -> b.channels().append(next)).last());
    Append late = Append.of("if", Buffer.buffer("3"), "").ifOffset(0, 1);
    assertEquals(
        FailureCode.CONFLICT, refused(() -> b.get(() -> b.channels().append(late))).code());
  }

  @Test
  void framesOfOneAppendHaveConsecutiveOffsets() throws Exception {
    List<Append.Content> three = new ArrayList<>();
    for (String text : List.of("1", "2", "3")) {
      three.add(new Append.Content(Buffer.buffer(text), "", ""));
    }
    Appended done = b.get(() -> b.channels().append(new Append("batch", three, "", null)));
    assertEquals(1, done.first());
    assertEquals(3, done.last());
  }

  @Test
  void aFrameThatIsTooLargeIsRefused() {
    Append large = Append.of("large", Buffer.buffer(new byte[(1 << 20) + 1]), "");
    assertEquals(
        FailureCode.TOO_LARGE, refused(() -> a.get(() -> a.channels().append(large))).code());
  }

  @Test
  void aSubscriberResumesOnAnotherNode() throws Exception {
    for (int i = 1; i <= 5; i++) {
      append(a, "resume", "f" + i);
    }
    long epoch = append(a, "resume", "f6").epoch();
    RecordingSubscriber resumed = follow(b, "resume", Start.after(epoch, 2));
    resumed.awaitFrames(4);
    assertEquals(List.of("3=f3", "4=f4", "5=f5", "6=f6"), resumed.log());
  }

  @Test
  void whoAsksForFramesOfAnotherEpochIsToldToStartAnew() throws Exception {
    append(a, "epochs", "x");
    RecordingSubscriber other = follow(b, "epochs", Start.after(1, 7));
    other.awaitFrames(1);
    assertEquals(List.of("reset EPOCH", "1=x"), other.log());
  }

  @Test
  void whoAsksForMoreThanThereIsIsToldToStartAnew() throws Exception {
    long epoch = append(a, "ahead", "x").epoch();
    RecordingSubscriber other = follow(b, "ahead", Start.after(epoch, 7));
    other.awaitFrames(1);
    assertEquals(List.of("reset AHEAD", "1=x"), other.log());
  }

  @Test
  void whoAsksForFramesThatAreGoneIsToldToStartAnew() throws Exception {
    long epoch = 0;
    for (int i = 1; i <= 20; i++) {
      epoch = append(a, "small", "f" + i).epoch();
    }
    RecordingSubscriber late = follow(b, "small", Start.after(epoch, 2));
    late.awaitFrames(8);
    assertEquals("reset EXPIRED", late.log().get(0));
    assertEquals("13=f13", late.log().get(1));
    Page page = a.get(() -> a.channels().read("small", 0, 100));
    assertEquals(13, page.first());
    assertEquals(8, page.frames().size());
  }

  @Test
  void aNewSubscriberGetsTheSnapshotAndWhatFollows() throws Exception {
    append(a, "snap", "1");
    long epoch = append(a, "snap", "2").epoch();
    append(a, "snap", "3");
    Snapshot state = new Snapshot(epoch, 2, "text/plain", Buffer.buffer("1+2"), 0);
    a.get(() -> a.channels().store("snap", state));
    RecordingSubscriber fresh = follow(b, "snap", Start.NOW);
    fresh.awaitLive();
    assertEquals(List.of("snapshot 2=1+2", "3=3"), fresh.log());
    Snapshot wrong = new Snapshot(epoch, 9, "", Buffer.buffer(), 0);
    assertEquals(
        FailureCode.CONFLICT, refused(() -> a.get(() -> a.channels().store("snap", wrong))).code());
  }

  @Test
  void historyIsBoundedByBytes() throws Exception {
    for (int i = 0; i < 20; i++) {
      append(a, "thin", "0".repeat(136));
    }
    Page page = b.get(() -> b.channels().read("thin", 0, 100));
    assertEquals(16, page.first());
    assertEquals(5, page.frames().size());
  }

  @Test
  void oldFramesGoAndTheNewestStays() throws Exception {
    append(a, "brief", "1");
    append(a, "brief", "2");
    append(a, "brief", "3");
    long end = System.nanoTime() + 60_000_000_000L;
    while (b.get(() -> b.channels().find("brief")).first() < 3) {
      assertTrue(System.nanoTime() < end, "the frames stay");
    }
    assertEquals(1, b.get(() -> b.channels().read("brief", 0, 9)).frames().size());
  }

  @Test
  void aSlowSubscriberGetsAGapOnAChannelWithThatPolicy() throws Exception {
    RecordingSubscriber slow = new RecordingSubscriber();
    Subscription place = subscribe(b, "small-gap", Start.NOW, slow);
    slow.awaitLive();
    stall(place, "small-gap", 20);
    slow.awaitFrames(4);
    assertEquals("gap 1-16", slow.log().get(0));
    assertEquals(List.of(), slow.wrong());
  }

  @Test
  void aSlowSubscriberGetsTheLatestOfEachKeyOnAChannelWithThatPolicy() throws Exception {
    RecordingSubscriber slow = new RecordingSubscriber();
    Subscription place = subscribe(b, "small-latest", Start.NOW, slow);
    slow.awaitLive();
    stall(place, "small-latest", 6);
    slow.awaitFrames(2);
    assertEquals(List.of("5=f5", "6=f6"), slow.log());
  }

  @Test
  void aSlowSubscriberIsEndedOnAChannelWithThatPolicy() throws Exception {
    RecordingSubscriber slow = new RecordingSubscriber();
    Subscription place = subscribe(b, "small-cut", Start.NOW, slow);
    slow.awaitLive();
    stall(place, "small-cut", 6);
    slow.await(() -> slow.ended() != null);
    assertEquals(FailureCode.NO_PROGRESS, slow.ended().code());
  }

  /** Frames of two keys in turn come while the subscriber does not read, then it reads. */
  private static void stall(Subscription place, String channel, int frames) throws Exception {
    b.at(
        () -> {
          place.pause();
          return null;
        });
    RecordingSubscriber witness = follow(b, channel, Start.OLDEST);
    for (int i = 1; i <= frames; i++) {
      Append append = Append.of(channel, Buffer.buffer("f" + i), "").withKey("k" + i % 2);
      a.get(() -> a.channels().append(append));
    }
    witness.await(() -> witness.next() > frames);
    b.at(
        () -> {
          place.resume();
          return null;
        });
  }

  @Test
  void channelsAreListedWithTheirSubscribers() throws Exception {
    append(a, "listed", "x");
    follow(a, "listed", Start.NOW).awaitLive();
    follow(a, "listed", Start.NOW).awaitLive();
    ChannelInfo found = b.get(() -> b.channels().find("listed"));
    assertEquals(Map.of("a", 2L), found.subscribers());
    assertEquals(2, found.next());
    assertTrue(
        b.get(() -> b.channels().list()).stream().anyMatch(one -> one.name().equals("listed")));
  }

  @Test
  void anUnknownChannelIsNotFound() {
    assertEquals(
        FailureCode.NOT_FOUND, refused(() -> a.get(() -> a.channels().find("nobody"))).code());
  }
}
