package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Channels that make their snapshots themselves, between three real members in one JVM. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SummaryTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final int KEPT = 4;
  private static final ChannelCatalog CATALOG =
      ChannelCatalog.DEFAULTS
          .with("sums", ChannelOptions.DEFAULTS.withCapacity(KEPT), new Sums())
          .with("taken", ChannelOptions.DEFAULTS.withCapacity(KEPT), new Sums())
          .with("brief", ChannelOptions.DEFAULTS.withTtl(200), new Sums());
  private static ChannelMember a;
  private static ChannelMember b;
  private static ChannelMember c;

  @BeforeAll
  static void start() throws Exception {
    a = ChannelMember.start(CLUSTER, "a", CATALOG);
    b = ChannelMember.start(CLUSTER, "b", CATALOG);
    c = ChannelMember.start(CLUSTER, "c", CATALOG);
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  /** Frames are numbers, and their sum is what counts. */
  private static final class Sums implements ChannelForm {
    @Override
    public List<FrameRecord> frames(FrameRecord given) {
      return List.of(given);
    }

    @Override
    public ChannelSummary summary() {
      return new Sum();
    }
  }

  private static final class Sum implements ChannelSummary {
    private long sum;

    @Override
    public void add(ChannelFrame frame) {
      sum += Long.parseLong(frame.data().toString());
    }

    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public ByteString write() {
      return ByteString.copyFromUtf8("" + sum);
    }

    @Override
    public void read(ByteString written) {
      sum = Long.parseLong(written.toStringUtf8());
    }
  }

  /** Appends 1 to a number, one after the other; the sum is a triangular number. */
  private static Appended count(String channel, int to) throws Exception {
    Appended last = null;
    for (int i = 1; i <= to; i++) {
      ChannelMember at = i % 2 == 0 ? a : b;
      Append append = Append.of(channel, Buffer.buffer("" + i), "");
      last = at.get(() -> at.channels().append(append));
    }
    return last;
  }

  private static RecordingSubscriber follow(ChannelMember at, String channel) throws Exception {
    RecordingSubscriber subscriber = new RecordingSubscriber();
    at.at(() -> at.channels().subscribe(channel, Start.NOW, subscriber));
    subscriber.awaitLive();
    return subscriber;
  }

  @Test
  @Order(1)
  void whoComesLateGetsTheSumOfAllFramesAndThenWhatFollows() throws Exception {
    count("sums", 20);
    for (ChannelMember at : List.of(a, b)) {
      RecordingSubscriber late = follow(at, "sums");
      assertEquals(List.of("snapshot 20=210"), late.log());
    }
    RecordingSubscriber late = follow(b, "sums");
    a.get(() -> a.channels().append(Append.of("sums", Buffer.buffer("5"), "")));
    late.awaitFrames(1);
    assertEquals("21=5", late.log().get(1));
    assertEquals(List.of(), late.wrong());
  }

  @Test
  @Order(1)
  void whoAsksForFramesThatAreGoneGetsTheSum() throws Exception {
    long epoch = count("taken", 10).epoch();
    RecordingSubscriber late = new RecordingSubscriber();
    b.at(() -> b.channels().subscribe("taken", Start.after(epoch, 2), late));
    late.awaitLive();
    assertEquals(List.of("reset EXPIRED", "snapshot 10=55"), late.log());
  }

  @Test
  @Order(1)
  void whatGoesByItsAgeStaysInTheSum() throws Exception {
    count("brief", 6);
    long end = System.nanoTime() + 60_000_000_000L;
    while (b.get(() -> b.channels().find("brief")).first() < 6) {
      assertTrue(System.nanoTime() < end, "the frames stay");
    }
    assertEquals("21", a.get(() -> a.channels().snapshot("brief")).data().toString());
  }

  @Test
  @Order(1)
  void nobodyElseMayStoreOne() throws Exception {
    long epoch = count("sums", 1).epoch();
    Snapshot foreign = new Snapshot(epoch, 1, "", Buffer.buffer("7"), 0);
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class, () -> a.get(() -> a.channels().store("sums", foreign)));
    assertEquals(FailureCode.UNPROCESSABLE, Failure.of(thrown.getCause()).code());
  }

  @Test
  @Order(2)
  void theNextSequencerHasTheWholeSum() throws Exception {
    Appended last = count("taken", 10);
    String sum = a.get(() -> a.channels().snapshot("taken")).data().toString();
    List<ChannelMember> left = new ArrayList<>(List.of(a, b, c));
    ChannelMember holder = a;
    for (ChannelMember one : left) {
      assertTrue(one.awaitSafe());
      holder = one.holds("taken") ? one : holder;
    }
    left.remove(holder);
    Future<Void> killed = holder.kill();
    for (ChannelMember one : left) {
      Snapshot found = one.get(() -> one.channels().snapshot("taken"));
      assertEquals(last.epoch(), found.epoch());
      assertEquals(last.last(), found.offset());
      assertEquals(sum, found.data().toString());
    }
    ClusterNodes.await(killed);
  }
}
