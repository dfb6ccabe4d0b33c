package io.busbar.testing;

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

/** A call played by the test. Its script methods may be called from any thread. */
public final class FakeCall implements Call {
  private final CallId id;
  private final CallRequest request;
  private final Context context;
  private final FakeSink body = new FakeSink();
  private final FakeSource responseBody;
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<Void> committed = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();
  private final CompletableFuture<Failure> cancelled = new CompletableFuture<>();
  private int status;
  private boolean over;
  private String worker = "";

  FakeCall(CallId id, CallRequest request, Context context) {
    this.id = id;
    this.request = request;
    this.context = context;
    this.responseBody = new FakeSource(context);
  }

  public CallRequest request() {
    return request;
  }

  /** What the caller writes. */
  public FakeSink sink() {
    return body;
  }

  /** What the caller reads. */
  public FakeSource source() {
    return responseBody;
  }

  /** The reason the caller gave for cancelling. */
  public CompletableFuture<Failure> cancelled() {
    return cancelled;
  }

  public FakeCall commit() {
    return run(
        () -> {
          worker = "fake-worker";
          committed.tryComplete();
        });
  }

  public FakeCall respond(int code, String... headers) {
    return run(
        () -> {
          worker = "fake-worker";
          committed.tryComplete();
          status = code;
          ResponseHead.Builder head = ResponseHead.newBuilder().setStatus(code);
          for (int i = 0; i < headers.length; i += 2) {
            head.addHeaders(Header.newBuilder().setName(headers[i]).setValue(headers[i + 1]));
          }
          response.tryComplete(new CallResponse(head.build(), responseBody, worker, "fake", 1));
        });
  }

  public FakeCall send(Buffer chunk) {
    return run(() -> responseBody.offer(chunk));
  }

  public FakeCall succeed() {
    return succeed(Timing.getDefaultInstance());
  }

  /** Ends the response; the call ends once the caller has read it. */
  public FakeCall succeed(Timing timing) {
    return run(() -> responseBody.end(() -> over(null, timing)));
  }

  public FakeCall fail(Failure failure) {
    return run(
        () -> {
          responseBody.fail(failure);
          over(failure, Timing.getDefaultInstance());
        });
  }

  private void over(Failure failure, Timing timing) {
    if (over) {
      return;
    }
    over = true;
    if (failure != null) {
      response.tryFail(failure.toException());
      committed.tryFail(failure.toException());
    }
    end.complete(
        new CallEnd(failure, status, worker, 1, body.bytes(), responseBody.bytes(), timing, 0));
  }

  private FakeCall run(Runnable action) {
    if (io.vertx.core.Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
    return this;
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
  public Future<CallResponse> response() {
    return response.future();
  }

  @Override
  public Future<Void> committed() {
    return committed.future();
  }

  @Override
  public Future<CallEnd> end() {
    return end.future();
  }

  @Override
  public void cancel(Failure reason) {
    cancelled.complete(reason);
    over(reason, Timing.getDefaultInstance());
  }
}
