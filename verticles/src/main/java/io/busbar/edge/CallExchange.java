package io.busbar.edge;

import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.WriteStream;

/**
 * One HTTP request that is one call: the request's body flows into the call while the call's answer
 * flows into the response. Ends once, whoever ends it.
 */
public final class CallExchange extends Watch.Watched {
  private final FrontLane front;
  private final Surface surface;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Call call;
  private final WriteStream<Buffer> upload;
  private final AnswerBody answer;
  private final boolean detached;
  private final Peer peer;
  private final long begun = System.nanoTime();

  private long received;
  private boolean uploaded;
  private boolean uploadPaused;
  private boolean taken;
  private boolean acceptable;
  private boolean answered;
  private boolean clientGone;
  private boolean ended;
  private boolean over;
  private boolean brokenOff;
  private String worker = "";
  private int attempts;

  private CallExchange(
      FrontLane front, Surface surface, HttpServerRequest request, CallRequest what) {
    this.front = front;
    this.surface = surface;
    this.request = request;
    this.response = request.response();
    this.detached = what.head().getDetached();
    this.peer = front.exchangeBegun(request.connection());
    this.call = front.calls().open(what);
    this.upload = call.body();
    this.answer = new AnswerBody(front, request, this);
  }

  /**
   * Opens the call and lets both directions flow. Called in the turn in which the request came, or
   * with a request that is paused.
   */
  public static void start(
      FrontLane front, Surface surface, HttpServerRequest request, CallRequest what) {
    CallExchange exchange = new CallExchange(front, surface, request, what);
    front.watch().add(exchange);
    front.openCalls().add(exchange);
    // HTTP/1.0 knows no 100-continue, and such a client does not wait for it.
    exchange.flow(
        request.headers().contains(Headers.EXPECT) && request.version() != HttpVersion.HTTP_1_0);
  }

  /** Why a request can be no call, whatever it asks for; null = it may be one. */
  public static Failure refuses(FrontLane front, HttpServerRequest request) {
    String length = request.headers().get(Headers.CONTENT_LENGTH);
    long contentLength = Headers.parseLength(length);
    if (length != null && contentLength < 0) {
      return Failure.of(
          FailureCode.INVALID_REQUEST,
          "content-length is '" + Failure.shorten(length, 40) + "', expected a number");
    }
    if (front.options().maxBody() > 0 && contentLength > front.options().maxBody()) {
      return tooLarge(front);
    }
    String expect = request.headers().get(Headers.EXPECT);
    boolean waits = expect != null && request.version() != HttpVersion.HTTP_1_0;
    if (waits && !expect.equalsIgnoreCase("100-continue")) {
      return Failure.of(
              FailureCode.INVALID_REQUEST,
              "expect is '" + Failure.shorten(expect, 40) + "', expected 100-continue")
          .withStatus(417);
    }
    return null;
  }

  private void flow(boolean waits) {
    request.handler(this::received);
    request.endHandler(v -> uploaded());
    request.exceptionHandler(this::connectionBroken);
    response.exceptionHandler(this::connectionBroken);
    response.closeHandler(v -> clientLost());
    upload.drainHandler(v -> resumeUpload());
    // A refusal is told by the end of the call.
    if (waits) {
      request.pause();
      call.taken().onSuccess(v -> askForBody());
    } else {
      request.resume();
    }
    if (detached) {
      surface
          .acceptable(call)
          .onSuccess(
              v -> {
                acceptable = true;
                acceptDetached();
              });
    }
    call.response().onSuccess(this::responded);
    call.end().onSuccess(this::ended);
  }

  private void askForBody() {
    taken = true;
    if (!answered && !clientGone) {
      response.writeContinue();
      request.resume();
    }
  }

  // ---- request body ----

  private void received(Buffer data) {
    front.watch().moved(this);
    received += data.length();
    long most = front.options().maxBody();
    if (most > 0 && received > most) {
      call.cancel(tooLarge(front));
      return;
    }
    upload.write(data);
    if (!ended && upload.writeQueueFull()) {
      uploadPaused = true;
      request.pause();
    }
  }

  private static Failure tooLarge(FrontLane front) {
    return Failure.of(
        FailureCode.TOO_LARGE,
        "the body is larger than "
            + front.options().key("max-body")
            + ", "
            + front.options().maxBody()
            + " bytes");
  }

  Surface surface() {
    return surface;
  }

  private void resumeUpload() {
    if (uploadPaused) {
      uploadPaused = false;
      front.watch().moved(this);
      request.resume();
    }
  }

  private void uploaded() {
    uploaded = true;
    front.watch().moved(this);
    upload.end();
    acceptDetached();
  }

  /** It ended, or what came is no HTTP/1.1 any more: that the client can still be told. */
  private void connectionBroken(Throwable cause) {
    boolean malformed =
        cause instanceof IllegalArgumentException || cause instanceof DecoderException;
    if (!malformed || request.version() == HttpVersion.HTTP_2) {
      clientLost();
      return;
    }
    broken(
        Failure.of(
            FailureCode.INVALID_REQUEST,
            "the body is not HTTP: " + Failure.shorten(String.valueOf(cause.getMessage()), 80)));
    // Vert.x closes such a connection as soon as this returns.
    Wire.flush(request.connection());
  }

  private void clientLost() {
    if (clientGone || answered) {
      return;
    }
    clientGone = true;
    answer.stop();
    if (!(detached && uploaded && acceptable)) {
      call.cancel(Failure.of(FailureCode.CALLER_GONE, "the client closed the connection"));
    }
    finishIfOver();
  }

  // ---- answer ----

  private void responded(CallResponse from) {
    worker = from.worker();
    attempts = from.attempts();
    if (detached) {
      from.body().handler(dropped -> {});
      from.body().exceptionHandler(told -> {});
      from.body().resume();
    } else if (!clientGone && !answered) {
      Failure broken = answer.start(from);
      if (broken != null) {
        broken(broken);
      }
    }
  }

  /** What every answer of this call carries. */
  void ownHeaders() {
    surface.mark(response, call, worker, attempts);
  }

  void moved() {
    front.watch().moved(this);
  }

  /** The node stops: ends the call with DRAINING, retry-safe unless a worker has it. */
  void stop() {
    boolean handedOver = call.committed().succeeded() || response.headWritten();
    broken(
        Failure.of(FailureCode.DRAINING, "this node stops")
            .withRetrySafe(!handedOver)
            .at(front.node(), worker));
  }

  /** The worker's answer cannot be passed on any further. */
  void broken(Failure failure) {
    fail(failure, 0);
    call.cancel(failure);
  }

  /** The whole answer was handed over. */
  void answered() {
    answered = true;
    finishIfOver();
  }

  private void acceptDetached() {
    if (detached && uploaded && acceptable && !answered && !clientGone) {
      answered = true;
      Buffer body = surface.accepted(response, call);
      ownHeaders();
      Answer.end(front, request, body);
    }
  }

  // ---- end ----

  private void ended(CallEnd end) {
    ended = true;
    worker = end.worker();
    attempts = end.attempts();
    if (!answered && !clientGone) {
      if (end.failure() != null) {
        fail(end.failure(), end.retryAfterMillis());
      } else if (detached) {
        uploaded = true;
        acceptable = true;
        acceptDetached();
      }
    }
    finishIfOver();
  }

  private void fail(Failure failure, long retryAfterMillis) {
    if (answered || clientGone) {
      return;
    }
    answer.stop();
    if (response.headWritten()) {
      answered = true;
      brokenOff = true;
      answer.breakOff();
      finishIfOver();
    } else {
      problem(failure, retryAfterMillis);
    }
  }

  private void problem(Failure failure, long retryAfterMillis) {
    answered = true;
    response.headers().clear();
    Buffer body =
        surface.failure(
            response, failure, retryAfterMillis, call, Answer.path(request), front.node());
    ownHeaders();
    Answer.end(front, request, body);
    finishIfOver();
  }

  private void finishIfOver() {
    if (over || !ended || !(answered || clientGone)) {
      return;
    }
    over = true;
    front.openCalls().remove(this);
    front.watch().remove(this);
    front.meters().bytes(received, answer.sent());
    int status = answered && !brokenOff ? response.getStatusCode() : 0;
    front.meters().exchange(surface.route(), status, System.nanoTime() - begun);
    front.exchangeEnded(peer);
  }

  @Override
  void stoodStill(long ticks) {
    if (ticks <= front.progressTicks() || answered || clientGone) {
      return;
    }
    boolean waitsForBody = !uploaded && !uploadPaused && taken(request);
    if (waitsForBody || answer.waitsForClient()) {
      front.meters().noProgress();
      call.cancel(
          Failure.of(
              FailureCode.NO_PROGRESS,
              (waitsForBody ? "no byte of the body came" : "no byte of the answer was taken")
                  + " for "
                  + front.options().times().progress().toMillis()
                  + " ms"));
    }
  }

  private boolean taken(HttpServerRequest of) {
    // A client that was told to wait with its body is not late with it.
    return taken || !of.headers().contains(Headers.EXPECT);
  }
}
