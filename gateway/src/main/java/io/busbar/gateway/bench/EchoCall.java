package io.busbar.gateway.bench;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * A call that is answered with its own body by the front side's own event loop. The answer starts
 * with the end of a small body, so that it leaves in one write, as from a node; else as soon as
 * {@value #HELD_BYTES} bytes are here.
 */
final class EchoCall implements Call {
  private static final int HELD_BYTES = 64 << 10;
  private static final ResponseHead OK = ResponseHead.newBuilder().setStatus(200).build();

  private final CallId id;
  private final EchoBody body = new EchoBody(this::wrote, this::delivered);
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();
  private boolean responding;

  EchoCall(CallId id) {
    this.id = id;
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
  public Future<CallEnd> end() {
    return end.future();
  }

  @Override
  public void cancel(Failure reason) {
    body.drop();
    finish(reason);
  }

  private void wrote() {
    if (!responding && (body.held() >= HELD_BYTES || body.complete())) {
      responding = true;
      response.complete(new CallResponse(OK, body, "direct", "direct", 1));
    }
  }

  private void delivered() {
    finish(null);
  }

  private void finish(Failure failure) {
    end.tryComplete(
        new CallEnd(
            failure,
            OK.getStatus(),
            "direct",
            1,
            body.bytes(),
            body.bytes(),
            Timing.getDefaultInstance(),
            0));
  }
}
