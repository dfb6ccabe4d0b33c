package io.busbar.bus;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ChildJvm;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.FreePorts;
import io.busbar.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBusOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams to a node in another process. */
class TwoJvmsTest {
  private static final BusOptions IMPATIENT =
      new BusOptions(64 << 10, 256 << 10, 8L << 20, 256L << 20, 50, 3000);
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static TcpProxy link;
  private static ChildJvm child;
  private static Lane lane;
  private static EchoCaller caller;
  private static Endpoint far;

  @BeforeAll
  static void start() throws Exception {
    ClusterNodes.Node near = CLUSTER.start("near", IMPATIENT, new EventBusOptions());
    lane = near.lane(0);
    int port = FreePorts.one();
    link = TcpProxy.to(port);
    child =
        ChildJvm.start(
            EchoPeer.class, CLUSTER.cluster(), CLUSTER.address(), port + "," + link.port());
    far = new Endpoint(child.readyLine().substring("READY ".length()), 0);
    caller = on(lane, () -> new EchoCaller(lane));
  }

  @AfterAll
  static void stop() throws Exception {
    child.close();
    CLUSTER.close();
    link.close();
  }

  private static Future<EchoCaller.Result> call(String what, long bytes) throws Exception {
    return on(lane, () -> caller.call(far, what, bytes));
  }

  @Test
  void streamsFromOneByteTo256MiBReturnUnchanged() throws Exception {
    long[] sizes = {1, 2, 1023, 65_535, 65_536, 65_537, 1 << 20, 64 << 20, 256L << 20};
    for (long size : sizes) {
      assertEquals(size, await(call("echo", size)).bytes());
    }
  }

  @Test
  void aFrozenProcessIsLostForItsStreamsAndServesNewOnesAfterwards() throws Exception {
    Future<EchoCaller.Result> running = call("echo", 1L << 40);
    await(call("echo", 1 << 20));
    assertFalse(running.isComplete());
    child.freeze();
    try {
      Exception thrown = assertThrows(Exception.class, () -> await(running));
      assertEquals(FailureCode.NODE_LOST, Failure.of(thrown).code());
    } finally {
      child.thaw();
    }
    assertEquals(1000, await(call("echo", 1000)).bytes());
  }
}
