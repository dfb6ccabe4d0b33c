package io.busbar.bus;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.FreePorts;
import io.busbar.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams between two real nodes in one JVM; what one sends the other goes through a proxy. */
class TwoNodesTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static ClusterNodes.Node near;
  private static ClusterNodes.Node far;
  private static Lane nearLane;
  private static Lane farLane;
  private static TcpProxy link;
  private static EchoCaller caller;

  @BeforeAll
  static void start() throws Exception {
    near = CLUSTER.start("near");
    int port = FreePorts.one();
    link = TcpProxy.to(port);
    far =
        CLUSTER.start(
            "far",
            BusOptions.DEFAULTS,
            new EventBusOptions()
                .setPort(port)
                .setClusterPublicHost("127.0.0.1")
                .setClusterPublicPort(link.port()));
    nearLane = near.lane(0);
    farLane = far.lane(0);
    EchoPeer.serve(farLane);
    caller = on(nearLane, () -> new EchoCaller(nearLane));
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
    link.close();
  }

  private static Future<EchoCaller.Result> call(String what, long bytes) throws Exception {
    return on(nearLane, () -> caller.call(farLane.endpoint(), what, bytes));
  }

  private static long bytes(EchoCaller.Result result) {
    return result.last().getLong(0);
  }

  @Test
  void aStreamOfAnySizeReturnsUnchanged() throws Exception {
    for (long size : new long[] {0, 1, 2, 1023, 65_535, 65_536, 65_537, 1 << 20, 16 << 20}) {
      assertEquals(size, await(call("echo", size)).bytes());
    }
  }

  @Test
  void aStreamGoesOnOverACutLink() throws Exception {
    long size = 64L << 20;
    long cutsBefore = link.cuts();
    long resentBefore = near.observer().resentBytes.get();
    link.cutEvery(8L << 20, 3);
    assertEquals(size, await(call("echo", size)).bytes());
    assertEquals(3, link.cuts() - cutsBefore);
    assertTrue(near.observer().resentBytes.get() > resentBefore, "nothing was sent again");
  }

  /** Of two loops one reads what others send; the link to them is on the other, whoever asks. */
  @Test
  void aLinkIsOpenedFromTheLoopThatDoesNotRead() throws Exception {
    ClusterManager manager = ((VertxInternal) near.vertx()).clusterManager();
    Set<Thread> opening = new HashSet<>();
    for (Lane asking : List.of(nearLane, near.lane(1), nearLane)) {
      Promise<NodeInfo> found = Promise.promise();
      Future<Thread> on = found.future().map(info -> Thread.currentThread());
      on(
          asking,
          () -> {
            manager.getNodeInfo(far.identity().id(), found);
            return null;
          });
      opening.add(await(on));
    }
    assertEquals(1, opening.size());
    assertTrue(opening.iterator().next().getName().contains("eventloop"), opening.toString());
  }

  @Test
  void oneStalledReaderHoldsUpNobody() throws Exception {
    stalled(1, 2000);
  }

  @Test
  void twoHundredStalledReadersHoldUpNobody() throws Exception {
    stalled(200, 1800);
  }

  private static void stalled(int stalled, int others) throws Exception {
    long alone = messagesFor(others);
    for (int i = 0; i < stalled; i++) {
      call("stall", 4 << 20);
    }
    long beside = messagesFor(others);
    // Slowed streams would need more grants, questions and repeats for the same bytes.
    assertTrue(beside <= 2 * alone, beside + " messages, " + alone + " without the stalled ones");
    long held = far.memory().used();
    long window = far.options().streamWindow();
    // What the stalled ones of all tests were granted, and what the lane keeps in hand.
    assertTrue(held <= 201 * window + (2 << 20), "held " + held);
    // The smallest grant is given even when the budget is spent, and each writer may hold a piece.
    long most = near.memory().total() + (stalled + others) * (long) near.options().smallestGrant();
    assertTrue(far.memory().peak() <= most, "peak " + far.memory().peak());
    long pieces = (stalled + others) * (long) EchoCaller.PIECE;
    assertTrue(near.memory().peak() <= most + pieces, "peak " + near.memory().peak());
  }

  /** Bus messages both ways for so many short streams at once, all of which must end well. */
  private static long messagesFor(int streams) throws Exception {
    int size = 100_000;
    long before = near.observer().envelopesSent.get() + far.observer().envelopesSent.get();
    List<Future<EchoCaller.Result>> running = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      running.add(call("count", size));
    }
    for (Future<EchoCaller.Result> one : running) {
      assertEquals(size, bytes(await(one)));
    }
    return near.observer().envelopesSent.get() + far.observer().envelopesSent.get() - before;
  }

  @Test
  void aHundredBodiesWhoseAnswersComeAtTheirEndAllFinish() throws Exception {
    List<Future<EchoCaller.Result>> running = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      running.add(call("count", 200 << 10));
    }
    for (Future<EchoCaller.Result> one : running) {
      assertEquals(200 << 10, bytes(await(one)));
    }
  }

  @Test
  void streamsRegisterNothingInTheCluster() throws Exception {
    await(call("echo", 1));
    int before = registrations();
    List<Future<EchoCaller.Result>> running = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      running.add(call("echo", 1 << 20));
    }
    assertEquals(before, registrations(), "while they are open");
    for (Future<EchoCaller.Result> one : running) {
      await(one);
    }
    assertEquals(before, registrations(), "after they ended");
  }

  /** Of event-bus addresses, as the whole cluster knows them. */
  private static int registrations() {
    return near.hazelcast().getMultiMap("__vertx.subs").size();
  }
}
