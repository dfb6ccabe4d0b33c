package io.busbar.gateway.bench;

import io.busbar.gateway.log.Logging;
import io.busbar.grpc.Http2Wire;
import io.busbar.grpc.MessageBudget;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The runner behind every hop of {@code bench runner}, and the plain server of {@code bench call}:
 * as lean as Vert.x's HTTP/2 server allows. It reads no call JSON and answers each body with
 * itself.
 */
final class EchoRunner {
  private static final long START_SECONDS = 60;
  private static final String HOST = "127.0.0.1";
  private static final int ANY_SHARED_PORT = -9191;
  private static final int STREAM_WINDOW = 1 << 20;
  private static final int CONNECTION_WINDOW = 16 << 20;
  private static final long BUDGET = 256L << 20;

  private EchoRunner() {}

  /** The address to listen on, else the loopback's first; with 0.0.0.0 each loopback address. */
  public static void main(String[] args) throws Exception {
    Logging.early();
    String host = args.length > 0 ? args[0] : HOST;
    int loops = Runtime.getRuntime().availableProcessors();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    List<HttpServer> servers = new CopyOnWriteArrayList<>();
    List<Deployable> lanes = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      lanes.add(context -> listen(vertx, host).onSuccess(servers::add));
    }
    Iterator<Deployable> next = lanes.iterator();
    vertx
        .deployVerticle(next::next, new DeploymentOptions().setInstances(loops))
        .toCompletionStage()
        .toCompletableFuture()
        .get(START_SECONDS, TimeUnit.SECONDS);
    System.out.println("READY node=runner runner=" + HOST + ":" + servers.get(0).actualPort());
  }

  private static Future<HttpServer> listen(Vertx vertx, String host) {
    MessageBudget budget = new MessageBudget(BUDGET);
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setTcpNoDelay(true)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setHttp2RstFloodMaxRstFramePerWindow(Integer.MAX_VALUE)
                .setInitialSettings(
                    new Http2Settings()
                        .setMaxConcurrentStreams(1_000_000)
                        .setInitialWindowSize(STREAM_WINDOW)))
        .connectionHandler(
            connection -> {
              Http2Wire wire = Http2Wire.of(connection);
              if (wire != null) {
                wire.flushOncePerTurn();
              }
            })
        .requestHandler(request -> new EchoStream(request, budget).run())
        .listen(ANY_SHARED_PORT, host);
  }
}
