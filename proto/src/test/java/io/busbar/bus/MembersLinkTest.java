package io.busbar.bus;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Membership;
import io.busbar.member.PeerLoss;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What Hazelcast's members say to each other is cut, and what the event bus carries is not: the
 * halves give each other up though they could still be heard.
 */
class MembersLinkTest {
  private static final long SIZE = 1L << 20;

  /** More than is through before the cut is noticed. */
  private static final long ENDLESS = 1L << 40;

  private final ClusterNodes cluster = new ClusterNodes();

  private record Member(ClusterNodes.Node node, Lane lane, EchoCaller caller) {
    Future<EchoCaller.Result> call(Member to, long bytes) throws Exception {
      return on(lane, () -> caller.call(to.lane.endpoint(), "echo", bytes));
    }
  }

  private Member member(String name) throws Exception {
    ClusterNodes.Node node =
        cluster.start(
            name,
            BusOptions.DEFAULTS,
            new EventBusOptions(),
            // Few partitions move quickly; halves merge when the test says so.
            config ->
                config
                    .setProperty("hazelcast.partition.count", "13")
                    .setProperty("hazelcast.merge.first.run.delay.seconds", "100000"));
    NodeInfo self =
        NodeInfo.newBuilder()
            .setNodeId(node.identity().id())
            .setName(name)
            .setIncarnation(node.identity().incarnation())
            .setLanes(1)
            .setGateway(true)
            .build();
    Membership membership = await(Membership.start(node.vertx(), node.hazelcast(), self));
    Lane lane = node.lane(0);
    Future<?> started =
        on(
            lane,
            () ->
                new PeerLoss(membership)
                    .start(lane)
                    .compose(v -> membership.exchange().start(lane)));
    await(started);
    EchoPeer.serve(lane);
    return new Member(node, lane, on(lane, () -> new EchoCaller(lane)));
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void streamsOfTheLostHalfEndDefinitelyOthersGoOnAndTheMergeBringsThemBack() throws Exception {
    Member a = member("a");
    Member b = member("b");
    Member lone = member("lone");
    for (Member one : List.of(a, b)) {
      assertEquals(SIZE, await(lone.call(one, SIZE)).bytes());
      assertEquals(SIZE, await(one.call(lone, SIZE)).bytes());
    }
    Future<EchoCaller.Result> fromLone = lone.call(a, ENDLESS);
    Future<EchoCaller.Result> toLone = b.call(lone, ENDLESS);
    Future<EchoCaller.Result> among = a.call(b, 64 * SIZE);

    cluster.split(lone.node(), List.of(a.node(), b.node()));

    for (Future<EchoCaller.Result> cut : List.of(fromLone, toLone)) {
      ExecutionException lost = assertThrows(ExecutionException.class, () -> await(cut));
      FailureCode code = Failure.of(lost.getCause()).code();
      // The half that notices later may first be told that the other one knows the stream no more.
      assertTrue(code == FailureCode.NODE_LOST || code == FailureCode.STREAM_BROKEN, code::name);
    }
    assertEquals(64 * SIZE, await(among).bytes());
    assertEquals(SIZE, await(a.call(b, SIZE)).bytes());

    cluster.merge(lone.node(), a.node(), 3);
    for (Member one : List.of(a, b)) {
      assertEquals(SIZE, await(lone.call(one, SIZE)).bytes());
      assertEquals(SIZE, await(one.call(lone, SIZE)).bytes());
    }
  }
}
