package io.busbar.testing;

import com.google.protobuf.MessageLite;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A scripted load balancer with one connection. It never ends its side unless told to. */
public final class FakeFnLb implements AutoCloseable {
  private final HttpClient client;
  private final String host;
  private final int port;
  private final boolean tls;

  public FakeFnLb(Vertx vertx, String host, int port) {
    this(vertx, host, port, false, options -> options);
  }

  public FakeFnLb(
      Vertx vertx, String host, int port, boolean tls, UnaryOperator<HttpClientOptions> change) {
    this.host = host;
    this.port = port;
    this.tls = tls;
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            // A call that is not read must not use up the room of the others.
            .setHttp2ConnectionWindowSize(16 << 20)
            .setInitialSettings(new Http2Settings().setMaxHeaderListSize(1 << 20));
    client = vertx.createHttpClient(change.apply(options), new PoolOptions().setHttp2MaxSize(1));
  }

  public FakeEngagement engage(String... headers) {
    return open("/RunnerProtocol/Engage", headers);
  }

  /** Opens a call and sends its headers. */
  public FakeEngagement open(String path, String... headers) {
    RequestOptions options =
        new RequestOptions()
            .setHost(host)
            .setPort(port)
            .setSsl(tls)
            .setMethod(HttpMethod.POST)
            .setURI(path)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers")
            .putHeader("user-agent", "grpc-go/1.20.1");
    for (int i = 0; i < headers.length; i += 2) {
      options.putHeader(headers[i], headers[i + 1]);
    }
    try {
      return client
          .request(options)
          .map(FakeEngagement::new)
          .toCompletionStage()
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("could not open " + path, e);
    }
  }

  /** A unary call: the message, and the client's end. */
  public FakeEngagement unary(String method, MessageLite message, String... headers) {
    return open("/RunnerProtocol/" + method, headers).send(message.toByteArray()).halfClose();
  }

  @Override
  public void close() {
    try {
      client.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("could not close", e);
    }
  }
}
