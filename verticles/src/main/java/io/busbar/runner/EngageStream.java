package io.busbar.runner;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.FnFrames;
import io.busbar.fn.wire.CallFinished;
import io.busbar.grpc.GrpcFault;
import io.busbar.grpc.ServerStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.util.Map;

/**
 * One Engage: first a TryCall, then body frames up to eof, and towards the client at most one
 * result start, data frames, one finished. Never waits for the client to end its side. All on the
 * lane's event loop.
 */
final class EngageStream implements ServerStream.Listener, OpenStream {
  private static final int ACCEPTED = 202;
  private static final int MOST_HELD = 16 << 10;

  /** How far the client's side is. */
  private enum Body {
    AWAITS_TRY,
    OPEN,
    DONE
  }

  private final RunnerLane lane;
  private final ConnectionSlot connection;
  private final long deadline;
  private final Map<String, ByteString> metadata;
  private final Progress progress = new Progress();
  private ServerStream stream;
  private Body clientSide = Body.AWAITS_TRY;
  private EngagedCall engaged;
  private Call call;
  private ReadStream<Buffer> responseBody;
  private boolean responseEnded;
  private CallEnd callEnd;
  private boolean leftWaiting;
  private boolean counted;
  private boolean committed;
  private long bodyBytes;
  private boolean flushDue;
  private boolean output;
  private boolean streamClosed;
  private boolean settled;
  private ByteBuf held;

  /**
   * @param deadline the client's, on the lane's clock; 0 = none
   */
  EngageStream(
      RunnerLane lane, ConnectionSlot connection, long deadline, Map<String, ByteString> metadata) {
    this.lane = lane;
    this.connection = connection;
    this.deadline = deadline;
    this.metadata = metadata;
  }

  void started(ServerStream opened) {
    stream = opened;
    lane.node.opened();
    lane.waiting++;
    lane.add(this);
  }

  // ---- from the client

  @Override
  public void onMessage(ByteBuf bytes) {
    if (clientSide == Body.DONE || settled) {
      return;
    }
    ClientMessage message;
    try {
      message = ClientMessage.parse(bytes);
    } catch (IOException e) {
      onFault(new GrpcFault(GrpcStatus.INVALID_ARGUMENT, "ClientMsg: " + e.getMessage()));
      return;
    }
    if (clientSide == Body.AWAITS_TRY) {
      if (message.kind() == ClientMessage.Kind.TRY) {
        engage(message);
      } else {
        onFault(protocolFailure("ClientMsg_Try"));
      }
    } else if (message.kind() == ClientMessage.Kind.DATA) {
      data(message);
    } else {
      onFault(protocolFailure("ClientMsg_Data"));
    }
  }

  @Override
  public void onHalfClose() {
    if (clientSide == Body.AWAITS_TRY) {
      onFault(protocolFailure("ClientMsg_Try"));
    } else if (clientSide == Body.OPEN) {
      onFault(protocolFailure("ClientMsg_Data"));
    }
  }

  @Override
  public void onFault(GrpcFault fault) {
    lane.node.countFault();
    stream.finish(fault);
    settle(Failure.of(FailureCode.CANCELLED, fault.text()));
  }

  @Override
  public void onGone(String how) {
    if (engaged != null && engaged.facts().detached() && clientSide == Body.DONE && !settled) {
      // Nobody waits for a detached call; it has all it needs and runs on.
      leaveWaiting();
      return;
    }
    settle(Failure.of(FailureCode.CALLER_GONE, "the load balancer left: " + how));
  }

  @Override
  public void onDrain() {
    if (responseBody != null && !responseEnded) {
      responseBody.resume();
    }
  }

  @Override
  public void onClosed() {
    streamClosed = true;
    forget();
  }

  private static GrpcFault protocolFailure(String expected) {
    return new GrpcFault(GrpcStatus.UNKNOWN, "Protocol failure: expected " + expected);
  }

  // ---- the call

  private void engage(ClientMessage message) {
    clientSide = Body.OPEN;
    leaveWaiting();
    Failure refusal = lane.draining ? draining() : connection.takeCall(lane);
    if (refusal != null) {
      lane.node.countRefused();
      engaged = EngagedCall.unread();
      fail(refusal, false);
      return;
    }
    counted = true;
    try {
      engaged = EngagedCall.read(message, lane, metadata);
    } catch (BadCallException e) {
      engaged = EngagedCall.unread();
      fail(Failure.of(FailureCode.INVALID_REQUEST, e.getMessage()), false);
      return;
    }
    Failure bad = engaged.refusal(lane.options);
    if (bad != null) {
      fail(bad, false);
      return;
    }
    call = lane.calls.open(engaged.request(deadline == 0 ? 0 : remaining()));
    call.body().drainHandler(v -> stream.resume());
    call.committed().onSuccess(v -> committed());
    call.response().onSuccess(this::respond);
    call.end().onSuccess(this::ended);
  }

  private long remaining() {
    return Math.max(1, deadline - lane.lane.now());
  }

  private static Failure draining() {
    return Failure.of(FailureCode.DRAINING, "this node is stopping");
  }

  private void data(ClientMessage message) {
    if (message.dataLength() > 0) {
      bodyBytes += message.dataLength();
      if (lane.options.maxBody() > 0 && bodyBytes > lane.options.maxBody()) {
        fail(tooLarge(), committed);
        return;
      }
      call.body()
          .write(
              BufferInternal.buffer(
                  Unpooled.wrappedBuffer(
                      message.bytes(), message.dataOffset(), message.dataLength())));
    }
    if (message.eof()) {
      clientSide = Body.DONE;
      call.body().end();
    } else if (call.body().writeQueueFull()) {
      stream.pause();
    }
  }

  private Failure tooLarge() {
    return Failure.of(
        FailureCode.TOO_LARGE, "request body is over " + lane.options.maxBody() + " bytes");
  }

  private void committed() {
    committed = true;
    engaged.taken();
    if (engaged.facts().detached() && !settled && !stream.over() && !output) {
      output = true;
      stream.write(RunnerFrames.start(null, ResponseHead.newBuilder().setStatus(ACCEPTED).build()));
    }
  }

  private void respond(CallResponse response) {
    if (settled) {
      return;
    }
    committed();
    responseBody = response.body();
    responseBody.exceptionHandler(this::responseBroke);
    responseBody.endHandler(v -> responseEnded());
    if (engaged.facts().detached()) {
      responseBody.handler(discarded -> {});
      responseBody.resume();
      return;
    }
    held = RunnerFrames.start(held, response.head());
    flushLater();
    responseBody.handler(this::responseData);
    responseBody.resume();
  }

  private void responseData(Buffer chunk) {
    if (stream.over()) {
      return;
    }
    held = FnFrames.addData(held, chunk);
    if (held != null && held.readableBytes() > MOST_HELD) {
      flush();
    } else {
      flushLater();
    }
  }

  /** What comes in one turn leaves in one write, with the end of the call if that comes too. */
  private void flushLater() {
    if (!flushDue) {
      flushDue = true;
      lane.flushAfterTurn(this);
    }
  }

  void flush() {
    flushDue = false;
    if (held == null || stream.over()) {
      return;
    }
    output = true;
    ByteBuf now = held;
    held = null;
    stream.write(now);
    if (stream.full()) {
      responseBody.pause();
    }
  }

  private void responseEnded() {
    responseEnded = true;
    if (callEnd != null) {
      ended(callEnd);
    }
  }

  private void responseBroke(Throwable cause) {
    // The call's end says the same with more; this only stops what may still be held.
    responseEnded = true;
    if (callEnd != null) {
      ended(callEnd);
    }
  }

  private void ended(CallEnd end) {
    callEnd = end;
    if (settled) {
      forget();
      return;
    }
    if (end.succeeded()) {
      if (responseBody == null || responseEnded) {
        stream.finish(RunnerFrames.finished(held, engaged.succeeded(end, call)));
        settle(null);
      }
      return;
    }
    held = null;
    fail(end.failure(), !end.worker().isEmpty());
  }

  private void fail(Failure failure, boolean ran) {
    CallFinished finished = engaged.failed(failure, output, ran, callEnd, call);
    stream.finish(RunnerFrames.finished(null, finished));
    settle(failure);
  }

  // ---- ends

  /** The client's side is over, one way or the other; a call that still runs is cancelled. */
  private void settle(Failure reason) {
    if (settled) {
      return;
    }
    settled = true;
    held = null;
    leaveWaiting();
    if (call != null && callEnd == null) {
      call.cancel(reason == null ? Failure.of(FailureCode.CANCELLED, "over") : reason);
    }
    lane.node.ended();
    if (counted) {
      counted = false;
      connection.freeCall(lane);
    }
    forget();
  }

  private void leaveWaiting() {
    if (!leftWaiting) {
      leftWaiting = true;
      lane.waiting--;
    }
  }

  private void forget() {
    if (settled && streamClosed) {
      lane.remove(this);
    }
  }

  @Override
  public void sweep(long now) {
    if (settled) {
      if (progress.stalled(stream, !streamClosed, now, lane.options.noProgressMillis())) {
        lane.node.countStalled();
        stream.reset(Http2Error.CANCEL);
      }
      return;
    }
    if (deadline != 0 && now >= deadline && clientSide == Body.AWAITS_TRY) {
      onFault(new GrpcFault(GrpcStatus.DEADLINE_EXCEEDED, "no TryCall before the deadline"));
      return;
    }
    if (call != null && bodyBytes == 0 && clientSide == Body.OPEN && engaged.timedOut(now)) {
      fail(
          Failure.of(FailureCode.DEADLINE_EXCEEDED, "Timed out waiting for the request body")
              .withUser(true),
          true);
      return;
    }
    boolean owes = clientSide == Body.AWAITS_TRY || stream.withinMessage() || stream.full();
    if (progress.stalled(stream, owes, now, lane.options.noProgressMillis())) {
      lane.node.countStalled();
      if (stream.full()) {
        stream.reset(Http2Error.CANCEL);
        settle(Failure.of(FailureCode.NO_PROGRESS, "the load balancer takes no output"));
      } else {
        onFault(
            new GrpcFault(
                GrpcStatus.DEADLINE_EXCEEDED,
                clientSide == Body.AWAITS_TRY ? "no TryCall came" : "a message stays unfinished"));
      }
    }
  }

  @Override
  public void stop() {
    if (settled) {
      return;
    }
    if (engaged == null) {
      onFault(new GrpcFault(GrpcStatus.UNAVAILABLE, "this node is stopping"));
    } else {
      fail(draining().withRetrySafe(!committed), committed);
    }
  }
}
