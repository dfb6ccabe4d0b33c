package io.busbar.gateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** Waits until a node offers calls to all workers of its only pool that has some. */
final class KnownWorkers {
  private static final long KNOWN_SECONDS = 120;
  private static final long RETRY_MILLIS = 200;

  private KnownWorkers() {}

  /**
   * Blocks.
   *
   * @param source whose end is the end of the waiting: the process that has the workers
   */
  static void await(Vertx vertx, Farm.Server node, Farm.Server source, int workers)
      throws Exception {
    HttpClient http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setDefaultHost(node.host("http"))
                .setDefaultPort(node.port("http")));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(KNOWN_SECONDS);
    String seen = "";
    while (!seen.contains("\"available\":" + workers + ",")) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(workers + " workers are not known: " + seen);
      }
      // A list that grows from afar has no event for a client; the end of its source is one.
      if (source.process().endsWithin(RETRY_MILLIS)) {
        throw new IllegalStateException("the workers are gone:\n" + source.process().lastLines());
      }
      seen =
          Target.await(
              http.request(HttpMethod.GET, "/v1/pools")
                  .compose(request -> request.send())
                  .compose(response -> response.body())
                  .map(body -> new JsonObject(body).encode()),
              KNOWN_SECONDS);
    }
    Target.await(http.close(), KNOWN_SECONDS);
  }
}
