package io.busbar.gateway.bench;

import io.busbar.Busbar;
import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.gateway.log.Logging;
import io.busbar.member.BusClusterManager;
import io.busbar.member.Membership;
import io.busbar.member.NodeEcho;
import io.busbar.worker.ServedCall;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerPorts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A member with very many workers in one pool, all of them echoes on its one lane. */
final class Crowd {
  static final String POOL = "crowd";
  private static final long START_SECONDS = 120;
  private static final int CAPACITY = 1000;
  private static final ResponseHead OK = ResponseHead.newBuilder().setStatus(200).build();

  private Crowd() {}

  public static void main(String[] args) throws Exception {
    Logging.early();
    Map<String, String> given = Joined.arguments(args);
    int workers = Integer.parseInt(given.get("--workers"));
    String name = given.get("--name");
    Vertx vertx =
        Target.await(
            Busbar.clustered(Joined.options(name, given.get("--cluster"), given.get("--join"))),
            START_SECONDS);
    BusClusterManager manager = (BusClusterManager) ((VertxInternal) vertx).clusterManager();
    NodeIdentity identity =
        new NodeIdentity(
            manager.getNodeId(), name, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    NodeInfo self =
        NodeInfo.newBuilder()
            .setNodeId(identity.id())
            .setName(name)
            .setIncarnation(identity.incarnation())
            .setLanes(1)
            .setReady(true)
            .setStartedAt(System.currentTimeMillis())
            .build();
    Membership membership =
        Target.await(Membership.start(vertx, manager.getHazelcastInstance(), self), START_SECONDS);
    Promise<Void> attached = Promise.promise();
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    context.runOnContext(
        v ->
            Lanes.open(
                    vertx,
                    identity,
                    0,
                    BusOptions.DEFAULTS,
                    new MemoryBudget(BusOptions.DEFAULTS.memory()),
                    BusObserver.NONE)
                .compose(lane -> attach(lane, membership, workers))
                .onComplete(attached));
    Target.await(attached.future(), START_SECONDS);
    System.out.println("READY node=" + name + " workers=" + workers);
  }

  private static Future<Void> attach(Lane lane, Membership membership, int workers) {
    WorkerPort port = WorkerPorts.open(lane);
    for (int i = 0; i < workers; i++) {
      port.attach(
          WorkerInfo.newBuilder()
              .setWorkerId("crowd-" + i)
              .setPool(POOL)
              .setCapacity(CAPACITY)
              .setProtocol("custom")
              .setProtocolName("bench")
              .build(),
          new Slots(CAPACITY),
          Crowd::echo);
    }
    return Future.all(new NodeEcho().start(lane), membership.exchange().start(lane)).mapEmpty();
  }

  private static void echo(ServedCall call) {
    call.respond(OK);
    call.request().handler(call.response()::write);
    call.request().endHandler(v -> call.response().end());
    call.request().resume();
  }
}
