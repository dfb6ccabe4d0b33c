package io.busbar.edge;

import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.ReadStream;

/**
 * The worker's answer on its way to the client. The head leaves with the first bytes, or at the end
 * of the turn in which it came; an answer that is complete in that turn leaves as one write with
 * its length.
 */
final class AnswerBody {
  private static final long INTERNAL_ERROR = 2;

  private final FrontLane front;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final CallExchange exchange;

  private ReadStream<Buffer> from;
  private Buffer held;
  private long announced = -1;
  private long sent;
  private boolean bodyless;
  private boolean mayHold;
  private boolean paused;
  private boolean stopped;

  AnswerBody(FrontLane front, HttpServerRequest request, CallExchange exchange) {
    this.front = front;
    this.request = request;
    this.response = request.response();
    this.exchange = exchange;
  }

  /**
   * Takes the head and lets the body flow.
   *
   * @return null, or why the worker's head cannot be passed on
   */
  Failure start(CallResponse answer) {
    Failure broken = exchange.surface().head(answer.head(), response);
    if (broken != null) {
      return broken;
    }
    int status = response.getStatusCode();
    exchange.ownHeaders();
    bodyless = status == 204 || status == 205 || status == 304;
    announced = bodyless ? -1 : Headers.parseLength(response.headers().get(Headers.CONTENT_LENGTH));
    mayHold = true;
    from = answer.body();
    from.handler(this::data);
    from.exceptionHandler(t -> exchange.broken(Failure.of(t)));
    from.endHandler(v -> end());
    from.resume();
    front.context().runOnContext(v -> release());
    return null;
  }

  long sent() {
    return sent;
  }

  /** Whether the next step is the client's: it does not read. */
  boolean waitsForClient() {
    return paused;
  }

  /** Nothing of the body is passed on any more. */
  void stop() {
    stopped = true;
    held = null;
  }

  private void data(Buffer data) {
    if (stopped) {
      return;
    }
    exchange.moved();
    sent += data.length();
    if (bodyless || (announced >= 0 && sent > announced)) {
      exchange.broken(wrongLength("more than"));
    } else if (mayHold && held == null) {
      held = data;
    } else {
      release();
      write(data);
    }
  }

  /** Sends what was held back for the rest of the turn. */
  private void release() {
    mayHold = false;
    if (stopped || response.headWritten() || response.ended() || response.closed()) {
      return;
    }
    boolean http10 = request.version() == HttpVersion.HTTP_1_0;
    if (announced < 0 && !bodyless && !http10) {
      response.setChunked(true);
    }
    Answer.announceClose(front, request);
    if (held != null) {
      Buffer first = held;
      held = null;
      write(first);
    } else if (!bodyless && !(http10 && announced < 0)) {
      response.writeHead();
    }
  }

  private void write(Buffer data) {
    response.write(data);
    if (response.writeQueueFull() && !paused) {
      paused = true;
      from.pause();
      response.drainHandler(
          v -> {
            paused = false;
            exchange.moved();
            if (!stopped) {
              from.resume();
            }
          });
    }
  }

  private void end() {
    if (stopped) {
      return;
    }
    if (announced >= 0 && sent != announced) {
      exchange.broken(wrongLength("less than"));
      return;
    }
    stopped = true;
    Buffer last = held;
    held = null;
    Answer.end(front, request, last);
    exchange.answered();
  }

  private Failure wrongLength(String how) {
    return Failure.of(
        FailureCode.WORKER_PROTOCOL,
        "the worker's body has "
            + how
            + " the "
            + Math.max(0, announced)
            + " bytes that its head announced");
  }

  /** Makes the client see that the body is not whole. */
  void breakOff() {
    if (request.version() == HttpVersion.HTTP_2) {
      response.reset(INTERNAL_ERROR);
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      // The end of the connection ends a body without a length; only a reset says otherwise.
      Wire.abort(request.connection());
    } else if (paused) {
      // What waits to be written would never leave.
      Wire.cut(request.connection());
    } else {
      request.connection().close();
    }
  }
}
