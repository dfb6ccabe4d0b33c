package io.busbar.fnlb;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Asks Fn's control API over HTTP: {@code GET {url}/v2/…}. Server errors and lost connections are
 * tried again, with growing pauses; what the API says of the question itself is not. Belongs to one
 * lane; on its context.
 */
final class ControlApi {
  private static final int CONNECTIONS = 16;
  private static final long LONGEST_PAUSE_MILLIS = 1000;
  private static final int SHOWN = 200;

  private final Vertx vertx;
  private final ControlApiOptions options;
  private final ApiMeters meters;
  private final HttpClientAgent client;
  private final String base;
  private boolean closed;

  ControlApi(Vertx vertx, ControlApiOptions options, ApiMeters meters) {
    this.vertx = vertx;
    this.options = options;
    this.meters = meters;
    String url = options.url();
    this.base = (url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + "/v2/";
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) options.timeout().toMillis())
                .setMaxHeaderSize(32 * 1024),
            new PoolOptions()
                .setHttp1MaxSize(CONNECTIONS)
                .setMaxWaitQueueSize(options.maxLookups()));
  }

  /**
   * The answer to one question.
   *
   * @param path behind {@code /v2/}, query included
   * @return fails with the API's own code when it is below 500, else with UNAVAILABLE, retry-safe
   */
  Future<JsonObject> get(String path) {
    return attempt(path, 0);
  }

  Future<Void> close() {
    closed = true;
    return client.close();
  }

  private Future<JsonObject> attempt(String path, int before) {
    return once(path)
        .timeout(options.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            cause -> {
              Failure failure = asFailure(cause, path);
              if (!failure.retrySafe() || before >= options.retries()) {
                meters.failed();
                return Future.failedFuture(failure.toException());
              }
              meters.retried();
              Promise<JsonObject> later = Promise.promise();
              vertx.setTimer(pause(before), t -> attempt(path, before + 1).onComplete(later));
              return later.future();
            });
  }

  /**
   * Doubles from attempt to attempt; a part of it is chance, so that nodes do not march in step.
   */
  private long pause(int before) {
    long longest =
        Math.min(LONGEST_PAUSE_MILLIS, options.firstPause().toMillis() << Math.min(before, 20));
    return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1) + 1;
  }

  private Future<JsonObject> once(String path) {
    if (closed) {
      return Future.failedFuture(
          Failure.of(FailureCode.UNAVAILABLE, "this node stops")
              .withRetrySafe(false)
              .toException());
    }
    meters.asked();
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(base + path)
            .setTimeout(options.timeout().toMillis())
            .putHeader("accept", "application/json");
    return client.request(request).compose(sent -> answer(sent, path));
  }

  private Future<JsonObject> answer(HttpClientRequest request, String path) {
    return request
        .send()
        .compose(response -> body(request, response).map(body -> read(response, body, path)))
        .onFailure(cause -> request.reset());
  }

  private Future<Buffer> body(HttpClientRequest request, HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.endHandler(v -> whole.tryComplete(body));
    response.handler(
        data -> {
          if (body.length() + data.length() <= options.maxAnswer()) {
            body.appendBuffer(data);
          } else if (whole.tryFail(
              unusable("is larger than fn-lb.api.max-answer, " + options.maxAnswer() + " bytes")
                  .toException())) {
            request.reset();
          }
        });
    return whole.future();
  }

  private static JsonObject read(HttpClientResponse response, Buffer body, String path) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      try {
        return body.toJsonObject();
      } catch (DecodeException | ClassCastException e) {
        throw unusable("to " + path + " is no JSON object").toException();
      }
    }
    String text = message(body);
    if (status >= 400 && status < 500) {
      throw Failure.of(status == 404 ? FailureCode.NOT_FOUND : FailureCode.INVALID_REQUEST, text)
          .withStatus(status)
          .toException();
    }
    throw Failure.of(FailureCode.UNAVAILABLE, "the control API said " + status + ": " + text)
        .toException();
  }

  /** The API's own words. */
  private static String message(Buffer body) {
    try {
      String text = body.toJsonObject().getString("message", "");
      if (!text.isEmpty()) {
        return Failure.shorten(text, SHOWN);
      }
    } catch (DecodeException | ClassCastException e) {
      // Not from the API itself, perhaps from a proxy before it: shown as it is.
      return Failure.shorten(body.toString(), SHOWN);
    }
    return Failure.shorten(body.toString(), SHOWN);
  }

  /** An answer that a repetition will hardly make better. */
  static Failure unusable(String what) {
    return Failure.of(FailureCode.UNAVAILABLE, "the control API's answer " + what)
        .withRetrySafe(false);
  }

  private static Failure asFailure(Throwable cause, String path) {
    Failure failure = Failure.of(cause);
    if (failure.code() != FailureCode.INTERNAL) {
      return failure;
    }
    return Failure.of(
        FailureCode.UNAVAILABLE,
        "the control API gave no answer to " + path + ": " + failure.detail());
  }
}
