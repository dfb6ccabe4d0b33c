package io.busbar.http;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.CompletableFuture;

/**
 * A call whose worker is the test. Use it on the context the call was opened on; {@link #onContext}
 * gets there.
 */
final class ScriptedCall implements Call {
  public static final String WORKER = "worker-1";
  public static final String WORKER_NODE = "node-b";

  private final CallId id;
  private final CallRequest request;
  private final Context context;
  private final ScriptedStream body;
  private final ScriptedStream answer;
  private final Promise<Void> taken = Promise.promise();
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();
  private final CompletableFuture<Failure> cancelSeen = new CompletableFuture<>();
  private int status;
  private int attempts = 1;
  private long retryAfterMillis;

  ScriptedCall(CallId id, CallRequest request, Context context) {
    this.id = id;
    this.request = request;
    this.context = context;
    this.body = new ScriptedStream(context);
    this.answer = new ScriptedStream(context);
    answer.exceptionHandler(t -> {});
  }

  public CallRequest request() {
    return request;
  }

  public String header(String name) {
    for (Header h : request.head().getHeadersList()) {
      if (h.getName().equalsIgnoreCase(name)) {
        return h.getValue();
      }
    }
    return null;
  }

  /** Runs something on the call's context. */
  public void onContext(Runnable what) {
    context.runOnContext(v -> what.run());
  }

  /** The request body as the worker reads it; flowing, unless paused. */
  public ScriptedStream requestBody() {
    return body;
  }

  /** The response body as the worker writes it. */
  public ScriptedStream answerBody() {
    return answer;
  }

  /** The dispatcher took the call. */
  public ScriptedCall take() {
    taken.tryComplete();
    return this;
  }

  public ScriptedCall attempts(int count) {
    attempts = count;
    return this;
  }

  public ScriptedCall retryAfter(long millis) {
    retryAfterMillis = millis;
    return this;
  }

  /** Answers with a head; the body follows by {@link #write} and {@link #finish}. */
  public ScriptedCall respond(int code, String... headers) {
    take();
    status = code;
    ResponseHead.Builder head = ResponseHead.newBuilder().setStatus(code);
    for (int i = 0; i < headers.length; i += 2) {
      head.addHeaders(Header.newBuilder().setName(headers[i]).setValue(headers[i + 1]));
    }
    answer.pause();
    answer.onDelivered(() -> completeEnd(null));
    response.tryComplete(new CallResponse(head.build(), answer, WORKER, WORKER_NODE, attempts));
    return this;
  }

  public ScriptedCall write(Buffer data) {
    answer.write(data);
    return this;
  }

  public ScriptedCall write(String text) {
    return write(Buffer.buffer(text));
  }

  public ScriptedCall finish() {
    answer.end();
    return this;
  }

  /** Ends the call with a failure, before or after the head. */
  public ScriptedCall fail(Failure failure) {
    taken.tryFail(failure.toException());
    if (response.tryFail(failure.toException())) {
      completeEnd(failure);
    } else {
      answer.fail(failure.toException());
      completeEnd(failure);
    }
    return this;
  }

  /** Answers 200 with the request body as it comes, content type kept. */
  public void echo() {
    String type = header("content-type");
    if (type == null) {
      respond(200);
    } else {
      respond(200, "content-type", type);
    }
    body.pipeTo(answer);
  }

  /** Completes with the reason when the caller cancels. */
  public CompletableFuture<Failure> cancelSeen() {
    return cancelSeen;
  }

  private void completeEnd(Failure failure) {
    end.tryComplete(
        new CallEnd(
            failure,
            status,
            WORKER,
            attempts,
            body.bytesIn(),
            answer.bytesOut(),
            Timing.getDefaultInstance(),
            retryAfterMillis));
  }

  @Override
  public CallId id() {
    return id;
  }

  @Override
  public WriteStream<Buffer> body() {
    return body;
  }

  @Override
  public Future<Void> taken() {
    return taken.future();
  }

  @Override
  public Future<CallResponse> response() {
    return response.future();
  }

  @Override
  public Future<CallEnd> end() {
    return end.future();
  }

  @Override
  public void cancel(Failure reason) {
    if (end.future().isComplete()) {
      return;
    }
    cancelSeen.complete(reason);
    body.drop();
    fail(reason);
  }
}
