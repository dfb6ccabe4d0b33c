package io.busbar.http;

import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;

/**
 * One {@code POST /v1/pools/{pool}/calls}: the request's body flows into the call while the call's
 * answer flows into the response. Ends once, whoever ends it.
 */
final class CallExchange extends Watch.Watched {
  static final String ROUTE = "/v1/pools/{pool}/calls";

  private final FrontLane front;
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
  private boolean answered;
  private boolean clientGone;
  private boolean ended;
  private boolean over;
  private boolean brokenOff;
  private String worker = "";
  private int attempts;

  private CallExchange(FrontLane front, HttpServerRequest request, CallRequest what) {
    this.front = front;
    this.request = request;
    this.response = request.response();
    this.detached = what.head().getDetached();
    this.peer = front.exchangeBegun(request.connection());
    this.call = front.calls().open(what);
    this.upload = call.body();
    this.answer = new AnswerBody(front, request, this);
  }

  /**
   * Opens the call and lets both directions flow. Called in the turn in which the request came.
   *
   * @param waits the client holds the body back until it is asked for it
   */
  static void start(FrontLane front, HttpServerRequest request, CallRequest what, boolean waits) {
    CallExchange exchange = new CallExchange(front, request, what);
    front.watch().add(exchange);
    front.openCalls().add(exchange);
    exchange.flow(waits);
  }

  private void flow(boolean waits) {
    request.handler(this::received);
    request.endHandler(v -> uploaded());
    request.exceptionHandler(this::clientLost);
    response.exceptionHandler(this::clientLost);
    response.closeHandler(v -> clientLost(null));
    upload.drainHandler(v -> resumeUpload());
    if (waits) {
      request.pause();
    }
    if (waits || detached) {
      // A refusal is told by the end of the call.
      call.taken().onSuccess(v -> taken(waits));
    }
    call.response().onSuccess(this::responded);
    call.end().onSuccess(this::ended);
  }

  private void taken(boolean waits) {
    taken = true;
    if (waits && !answered && !clientGone) {
      response.writeContinue();
      request.resume();
    }
    acceptDetached();
  }

  // ---- request body ----

  private void received(Buffer data) {
    front.watch().moved(this);
    received += data.length();
    long most = front.options().maxBody();
    if (most > 0 && received > most) {
      call.cancel(tooLarge(most));
      return;
    }
    upload.write(data);
    if (!ended && upload.writeQueueFull()) {
      uploadPaused = true;
      request.pause();
    }
  }

  static Failure tooLarge(long most) {
    return Failure.of(
        FailureCode.TOO_LARGE, "the body is larger than http.max-body, " + most + " bytes");
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

  private void clientLost(Throwable cause) {
    if (clientGone || answered) {
      return;
    }
    clientGone = true;
    answer.stop();
    if (!(detached && uploaded && taken)) {
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
    response.putHeader(Headers.CALL_ID, call.id().toString());
    if (!worker.isEmpty()) {
      response.putHeader(Headers.WORKER, worker);
    }
    if (attempts > 0) {
      response.putHeader(Headers.ATTEMPTS, Integer.toString(attempts));
    }
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
    if (detached && uploaded && taken && !answered && !clientGone) {
      String place = "/v1/calls/" + call.id();
      answered = true;
      response.setStatusCode(202);
      response.putHeader("location", place);
      response.putHeader(Headers.CONTENT_TYPE, "application/json");
      ownHeaders();
      Answer.end(
          front,
          request,
          new JsonObject().put("call_id", call.id().toString()).put("location", place).toBuffer());
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
        taken = true;
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
    HttpProblem problem = HttpProblem.of(failure);
    response.headers().clear();
    Answer.head(response, problem, retryAfterMillis);
    ownHeaders();
    String id = call.id().toString();
    Answer.end(front, request, problem.body("/v1/calls/" + id, id, front.node()));
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
    front.meters().exchange(ROUTE, status, System.nanoTime() - begun);
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
                  + front.options().progressTimeout().toMillis()
                  + " ms"));
    }
  }

  private boolean taken(HttpServerRequest of) {
    // A client that was told to wait with its body is not late with it.
    return taken || !of.headers().contains(Headers.EXPECT);
  }
}
