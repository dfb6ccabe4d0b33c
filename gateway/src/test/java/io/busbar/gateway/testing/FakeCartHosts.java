package io.busbar.gateway.testing;

import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.ControlPlaneGrpcService;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.PingReply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Hosts of the control plane, each on a port of its own, that are well, find each other well, own
 * nothing, and remember which of our nodes pings them.
 */
public final class FakeCartHosts implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> names = new ArrayList<>();
  private final Map<String, String> pingedLast = new ConcurrentHashMap<>();

  public FakeCartHosts(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      GrpcServer grpc = GrpcServer.server(vertx);
      HttpServer server = vertx.createHttpServer().requestHandler(grpc);
      String name =
          "127.0.0.1:"
              + server
                  .listen(0, "127.0.0.1")
                  .toCompletionStage()
                  .toCompletableFuture()
                  .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                  .actualPort();
      names.add(name);
      serve(grpc, name);
    }
  }

  private void serve(GrpcServer grpc, String name) {
    grpc.callHandler(
        ControlPlaneGrpcService.Ping,
        request -> {
          String caller = String.valueOf(request.headers().get("x-cp-host"));
          pingedLast.put(name, caller);
          request.handler(
              empty -> request.response().end(PingReply.newBuilder().setHost(name).build()));
        });
    on(
        grpc,
        ControlPlaneGrpcService.Negotiate,
        known -> NegotiateReply.newBuilder().addAllHosts(names).build());
    on(grpc, ControlPlaneGrpcService.GetCartIds, empty -> CartIdsReply.getDefaultInstance());
  }

  private static <Q, R> void on(
      GrpcServer grpc, ServiceMethod<Q, R> method, Function<Q, R> answer) {
    grpc.callHandler(
        method, request -> request.handler(asked -> request.response().end(answer.apply(asked))));
  }

  /** As {@code control-plane.peers} wants them. */
  public String asSetting() {
    return "control-plane.peers=[" + String.join(", ", names) + "]";
  }

  /** Which hosts that node pinged last. */
  public Set<String> pingedBy(String node) {
    Set<String> its = new TreeSet<>();
    pingedLast.forEach(
        (host, last) -> {
          if (last.equals(node)) {
            its.add(host);
          }
        });
    return its;
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
