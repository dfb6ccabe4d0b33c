package io.busbar.contract;

import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** {@code POST /v1/pools/{pool}/calls} over HTTP/1.1 or HTTP/2. */
final class HttpFrontSide implements FrontSide {
  private final Vertx vertx = Vertx.vertx();

  /** Everything of a request happens here: its queue of writes is not made for other threads. */
  private final Context context = vertx.getOrCreateContext();

  private final HttpClientAgent client;

  HttpFrontSide(String host, int port, HttpVersion version) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setDefaultHost(host)
                .setDefaultPort(port)
                .setProtocolVersion(version)
                .setHttp2ClearTextUpgrade(false),
            new io.vertx.core.http.PoolOptions().setHttp1MaxSize(64));
  }

  @Override
  public Exchange open(String pool, Map<String, String> headers, long timeoutMillis) {
    HttpExchange exchange = new HttpExchange(context);
    context.runOnContext(v -> open(exchange, pool, headers, timeoutMillis));
    return exchange;
  }

  private void open(
      HttpExchange exchange, String pool, Map<String, String> headers, long timeoutMillis) {
    client
        .request(HttpMethod.POST, "/v1/pools/" + pool + "/calls")
        .onFailure(exchange::broken)
        .onSuccess(
            request -> {
              headers.forEach(request::putHeader);
              request.putHeader("Busbar-Timeout", timeoutMillis + "ms").setChunked(true);
              exchange.start(request);
            });
  }

  @Override
  public String shown(FailureCode code) {
    return code.wireName();
  }

  @Override
  public void vanish() {
    close();
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("client did not close", e);
    }
  }

  private static final class HttpExchange implements Exchange {
    private final Promise<HttpClientRequest> request = Promise.promise();
    private final Promise<HttpClientResponse> response = Promise.promise();
    private final Promise<Integer> answered = Promise.promise();
    private final Promise<Result> result = Promise.promise();
    private final Arrivals arrivals = new Arrivals();
    private final Buffer problem = Buffer.buffer();
    private final Context context;

    HttpExchange(Context context) {
      this.context = context;
    }

    void start(HttpClientRequest opened) {
      opened.exceptionHandler(this::broken);
      opened.response().onFailure(this::broken).onSuccess(this::answer);
      opened.sendHead().onFailure(this::broken).onSuccess(v -> request.tryComplete(opened));
    }

    private void answer(HttpClientResponse incoming) {
      boolean isProblem =
          String.valueOf(incoming.getHeader("Content-Type")).startsWith("application/problem+json");
      incoming.exceptionHandler(this::broken);
      incoming.handler(
          data -> {
            arrivals.add(data);
            if (isProblem) {
              problem.appendBuffer(data);
            }
          });
      incoming.endHandler(v -> ended(incoming.statusCode(), isProblem));
      response.tryComplete(incoming);
      answered.tryComplete(incoming.statusCode());
    }

    private void ended(int status, boolean isProblem) {
      if (isProblem) {
        JsonObject told = problem.toJsonObject();
        finish(false, status, told.getString("code"), told.getBoolean("retryable"), told.encode());
      } else {
        finish(true, status, "", null, "");
      }
    }

    private void broken(Throwable cause) {
      request.tryFail(cause);
      response.tryFail(cause);
      answered.tryFail(cause);
      int status = response.future().succeeded() ? response.future().result().statusCode() : 0;
      finish(false, status, "reset", null, String.valueOf(cause));
    }

    private void finish(
        boolean whole, int status, String failure, Boolean retrySafe, String detail) {
      if (result.tryComplete(
          new Result(
              whole, status, failure, retrySafe, arrivals.bytes(), arrivals.checksum(), detail))) {
        arrivals.end();
      }
    }

    @Override
    public Future<Void> write(Buffer data) {
      return onContext(opened -> opened.write(data));
    }

    private Future<Void> onContext(Function<HttpClientRequest, Future<Void>> action) {
      Promise<Void> done = Promise.promise();
      context.runOnContext(v -> request.future().compose(action).onComplete(done));
      return done.future();
    }

    @Override
    public Future<Void> endBody() {
      return onContext(HttpClientRequest::end);
    }

    @Override
    public Future<Integer> answered() {
      return answered.future();
    }

    @Override
    public Future<Long> received(long atLeast) {
      return arrivals.reached(atLeast);
    }

    @Override
    public Future<Result> result() {
      return result.future();
    }

    @Override
    public void pauseReading() {
      response.future().onSuccess(HttpClientResponse::pause);
    }

    @Override
    public void resumeReading() {
      response.future().onSuccess(HttpClientResponse::resume);
    }

    @Override
    public void cancel() {
      request
          .future()
          .onSuccess(
              opened -> {
                if (opened.version() == HttpVersion.HTTP_2) {
                  opened.reset(8);
                } else {
                  opened.connection().close();
                }
              });
    }
  }
}
