package io.busbar.gateway.bench;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.busbar.worker.WorkerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/** Both ends of a call in one object: what the front side writes the plugin reads, and back. */
final class DirectCall implements Call {
  private static final ResponseHead OK = ResponseHead.newBuilder().setStatus(200).build();
  private static final String WORKER = "direct";

  private final CallId id;
  private final CallRequest asked;
  private final WorkerAdapter worker;
  private final LoopPipe requestBody = new LoopPipe(this::begin, () -> {});
  private final LoopPipe responseBody = new LoopPipe(this::respondOk, this::answered);
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();
  private Handler<Failure> cancelHandler;
  private Outcome outcome;
  private boolean begun;
  private boolean responding;
  private boolean ended;

  DirectCall(CallId id, CallRequest asked, WorkerAdapter worker) {
    this.id = id;
    this.asked = asked;
    this.worker = worker;
  }

  /** As on a node: nothing runs before the first piece of the request. */
  private void begin() {
    if (!begun) {
      begun = true;
      worker.serve(new Served());
    }
  }

  // ---- the front side's end

  @Override
  public CallId id() {
    return id;
  }

  @Override
  public WriteStream<Buffer> body() {
    return requestBody;
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
    requestBody.drop();
    responseBody.drop();
    ended = true;
    if (cancelHandler != null) {
      cancelHandler.handle(reason);
    }
    tellEnd(reason);
  }

  private void respondOk() {
    answer(OK);
  }

  private void answer(ResponseHead head) {
    if (!responding && !ended) {
      responding = true;
      response.complete(new CallResponse(head, responseBody, WORKER, WORKER, 1));
    }
  }

  // ---- the end

  private void answered() {
    tellEnd(null);
  }

  private void tellEnd(Failure failure) {
    end.tryComplete(
        new CallEnd(
            failure,
            OK.getStatus(),
            WORKER,
            1,
            requestBody.bytes(),
            responseBody.bytes(),
            outcome == null ? Outcome.getDefaultInstance().getTiming() : outcome.getTiming(),
            0));
  }

  /** The plugin's end. */
  private final class Served implements ServedCall {
    @Override
    public OfferedCall offer() {
      return new OfferedCall(
          id,
          1,
          asked.pool(),
          asked.head(),
          asked.remainingMillis(),
          asked.timeoutMillis(),
          asked.priority(),
          asked.tenant());
    }

    @Override
    public long remainingMillis() {
      return asked.remainingMillis();
    }

    @Override
    public ReadStream<Buffer> request() {
      return requestBody;
    }

    @Override
    public void respond(ResponseHead head) {
      answer(head);
    }

    @Override
    public WriteStream<Buffer> response() {
      return responseBody;
    }

    @Override
    public void end(Outcome how) {
      if (ended) {
        return;
      }
      outcome = how;
      if (how.hasFailure()) {
        ended = true;
        tellEnd(Failure.fromWire(how.getFailure()));
      } else {
        answer(OK);
        ended = true;
        responseBody.end();
      }
    }

    @Override
    public void fail(Failure failure) {
      end(Outcome.newBuilder().setFailure(failure.toWire()).build());
    }

    @Override
    public void commit() {
      // There is nobody else to take the call.
    }

    @Override
    public boolean committed() {
      return true;
    }

    @Override
    public boolean ended() {
      return ended;
    }

    @Override
    public void cancelHandler(Handler<Failure> handler) {
      cancelHandler = handler;
    }

    @Override
    public Runnable holdSlot() {
      return () -> {};
    }
  }
}
