package io.busbar.gateway.cli.demo;

import io.busbar.gateway.process.ReadyLine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;

/** {@code POST /v1/pools/{pool}/calls}. */
final class HttpProbe implements FrontProbe {
  private final String name;
  private final HttpClient client;

  HttpProbe(Vertx vertx, ReadyLine node, HttpVersion version) {
    this.name = node.node() + " " + (version == HttpVersion.HTTP_2 ? "HTTP/2" : "HTTP/1.1");
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setDefaultHost(node.host("http"))
                .setDefaultPort(node.port("http"))
                .setProtocolVersion(version)
                .setHttp2ClearTextUpgrade(false));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Future<Buffer> call(WorkerCase work) {
    return client
        .request(HttpMethod.POST, "/v1/pools/" + work.pool() + "/calls")
        .compose(request -> request.putHeader("Content-Type", work.contentType()).send(work.body()))
        .compose(
            response ->
                response
                    .body()
                    .compose(
                        body ->
                            response.statusCode() == 200
                                ? Future.succeededFuture(body)
                                : Future.failedFuture(response.statusCode() + " " + body)));
  }
}
