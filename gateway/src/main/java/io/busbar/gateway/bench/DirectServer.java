package io.busbar.gateway.bench;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.CallState;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.command.CommandClient;
import io.busbar.command.CommandObserver;
import io.busbar.command.impl.LaneCommands;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.log.Logging;
import io.busbar.plugin.host.HostLane;
import io.busbar.plugin.host.HostOptions;
import io.busbar.plugin.host.PluginHost;
import io.busbar.plugin.host.PluginLoader;
import io.busbar.plugin.host.PluginSource;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import io.busbar.runner.RunnerFront;
import io.busbar.runner.RunnerNode;
import io.busbar.runner.RunnerOptions;
import io.busbar.security.Access;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The comparison server: the same wire code as a node's Fn front side, on as many event loops, with
 * the same plugin behind it, called directly. No cluster, no bus, no dispatcher.
 */
final class DirectServer {
  private static final long START_SECONDS = 60;
  private static final String HOST = "127.0.0.1";

  private DirectServer() {}

  public static void main(String[] args) throws Exception {
    Logging.early();
    int loops = Runtime.getRuntime().availableProcessors();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    RunnerNode node = new RunnerNode();
    PluginSource echo =
        new PluginLoader(DirectServer.class.getClassLoader()).load(CallScenario.ECHO).get(0);
    List<RunnerFront> fronts = new CopyOnWriteArrayList<>();
    List<Deployable> lanes = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      int index = i;
      lanes.add(
          context -> {
            Lane lane = new LoopLane(context, index);
            DirectPort port = new DirectPort();
            Calls calls = new DirectCalls(lane, port);
            RunnerFront front = front(calls, node);
            fronts.add(front);
            LaneCommands commands = CommandClient.open(lane, null, CommandObserver.NONE);
            return PluginHost.start(
                    vertx,
                    echo,
                    new JsonObject(),
                    List.of(new HostLane(lane, port, calls, null, commands, null)),
                    HostOptions.DEFAULTS)
                .compose(started -> front.start(lane));
          });
    }
    Iterator<Deployable> next = lanes.iterator();
    vertx
        .deployVerticle(next::next, new DeploymentOptions().setInstances(loops))
        .toCompletionStage()
        .toCompletableFuture()
        .get(START_SECONDS, TimeUnit.SECONDS);
    System.out.println("READY node=direct runner=" + HOST + ":" + fronts.get(0).port());
  }

  private static RunnerFront front(Calls calls, RunnerNode node) {
    return new RunnerFront(
        RunnerOptions.DEFAULTS.withAddress(HOST, 0),
        Routes.NONE,
        pool -> PoolAffinity.NONE,
        pool -> List.of(),
        http -> http,
        Access.OPEN,
        calls,
        node);
  }

  private record DirectCalls(Lane lane, DirectPort port) implements Calls {
    @Override
    public Call open(CallRequest request) {
      return new DirectCall(lane.nextId(), request, port.adapter());
    }

    @Override
    public Future<CallState> find(CallId id) {
      return notHere();
    }

    @Override
    public Future<CallState> cancel(CallId id, Failure reason) {
      return notHere();
    }

    private static Future<CallState> notHere() {
      return Future.failedFuture(
          Failure.of(FailureCode.NOT_IMPLEMENTED, "this server keeps no list of calls")
              .toException());
    }
  }
}
