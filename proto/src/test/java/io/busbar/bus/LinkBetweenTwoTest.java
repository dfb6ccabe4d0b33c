package io.busbar.bus;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.FreePorts;
import io.busbar.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three nodes in one JVM, of which two do not reach each other for a while: what the near one sends
 * to the far one goes nowhere. Both reach the third one.
 */
class LinkBetweenTwoTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final long SIZE = 8L << 20;

  /** Shorter than usual, and still more than a machine may stall. */
  private static final BusOptions QUICK =
      new BusOptions(64 << 10, 256 << 10, 8L << 20, 256L << 20, 50, 4000);

  private static TcpProxy toFar;
  private static Lane near;
  private static Lane far;
  private static Lane third;
  private static EchoCaller fromNear;
  private static EchoCaller fromThird;

  /** Ports of the near node's connections to the far one. */
  private static Set<Integer> between;

  @BeforeAll
  static void start() throws Exception {
    near = CLUSTER.start("near", QUICK, new EventBusOptions()).lane(0);
    int port = FreePorts.one();
    toFar = TcpProxy.to(port);
    EventBusOptions behind =
        new EventBusOptions()
            .setPort(port)
            .setClusterPublicHost("127.0.0.1")
            .setClusterPublicPort(toFar.port());
    far = CLUSTER.start("far", QUICK, behind).lane(0);
    third = CLUSTER.start("third", QUICK, new EventBusOptions()).lane(0);
    EchoPeer.serve(far);
    EchoPeer.serve(third);
    fromNear = on(near, () -> new EchoCaller(near));
    fromThird = on(third, () -> new EchoCaller(third));
    assertEquals(1, await(call(fromNear, near, far, 1)).bytes());
    between = toFar.clients();
    assertEquals(1, await(call(fromThird, third, far, 1)).bytes());
    assertFalse(between.isEmpty());
    assertTrue(toFar.clients().size() > between.size(), "the third node has its own connection");
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
    toFar.close();
  }

  private static Future<EchoCaller.Result> call(EchoCaller caller, Lane from, Lane to, long bytes)
      throws Exception {
    return on(from, () -> caller.call(to.endpoint(), "echo", bytes));
  }

  @Test
  void itsStreamsEndDefinitelyTheOthersGoOnAndAfterwardsAllIsAsBefore() throws Exception {
    Future<EchoCaller.Result> cut = call(fromNear, near, far, 1L << 30);
    toFar.silence(between::contains);
    Future<EchoCaller.Result> nearAndThird = call(fromNear, near, third, SIZE);
    Future<EchoCaller.Result> thirdAndFar = call(fromThird, third, far, SIZE);

    ExecutionException lost = assertThrows(ExecutionException.class, () -> await(cut));
    assertEquals(FailureCode.NODE_LOST, Failure.of(lost.getCause()).code());
    assertEquals(SIZE, await(nearAndThird).bytes());
    assertEquals(SIZE, await(thirdAndFar).bytes());
    assertEquals(SIZE, await(call(fromThird, third, far, SIZE)).bytes(), "while it is still cut");

    toFar.mend();
    assertEquals(SIZE, await(call(fromNear, near, far, SIZE)).bytes());
  }

  @Test
  void aShortSilenceLosesNothing() throws Exception {
    Future<EchoCaller.Result> cut = call(fromNear, near, far, 64L << 20);
    toFar.silence(between::contains);
    assertEquals(1000, await(call(fromThird, third, far, 1000)).bytes());
    toFar.mend();
    assertEquals(64L << 20, await(cut).bytes());
  }
}
