package io.busbar.runner;

import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallResponse;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.FnFrames;
import io.busbar.fn.wire.LogRequestMsg;
import io.busbar.fn.wire.LogResponseMsg;
import io.busbar.grpc.GrpcFault;
import io.busbar.grpc.ServerStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;

/** One StreamLogs, joined to a call of the hook's pool. It ends when the hook ends it. */
final class LogsStream implements ServerStream.Listener, OpenStream {
  /** A collector stays connected; it is not a call with an end in sight. */
  static final long LONGEST_MILLIS = Duration.ofDays(1).toMillis();

  private final RunnerLane lane;
  private final Call call;
  private final Progress progress = new Progress();
  private final DelimitedMessages answers;
  private ServerStream stream;
  private ReadStream<Buffer> body;
  private boolean bodyEnded;
  private CallEnd callEnd;

  LogsStream(RunnerLane lane, Call call) {
    this.lane = lane;
    this.call = call;
    this.answers = new DelimitedMessages(lane.options.maxMessage());
  }

  void started(ServerStream opened) {
    stream = opened;
    lane.add(this);
    call.body().drainHandler(v -> stream.resume());
    call.response().onSuccess(this::respond);
    call.end().onSuccess(this::ended);
  }

  @Override
  public void onMessage(ByteBuf message) {
    try {
      LogRequestMsg.parseFrom(message.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      onFault(new GrpcFault(GrpcStatus.INVALID_ARGUMENT, "LogRequestMsg: " + e.getMessage()));
      return;
    }
    ByteBuf size = Unpooled.buffer(5);
    DelimitedMessages.writeVarint(size, message.readableBytes());
    call.body().write(BufferInternal.buffer(Unpooled.wrappedBuffer(size, message)));
    if (call.body().writeQueueFull()) {
      stream.pause();
    }
  }

  @Override
  public void onHalfClose() {
    call.body().end();
  }

  @Override
  public void onFault(GrpcFault fault) {
    lane.node.countFault();
    stream.finish(fault);
    cancel(Failure.of(FailureCode.CANCELLED, fault.text()));
  }

  @Override
  public void onGone(String how) {
    cancel(Failure.of(FailureCode.CALLER_GONE, "the log collector left: " + how));
  }

  @Override
  public void onDrain() {
    if (body != null && !bodyEnded) {
      body.resume();
    }
  }

  @Override
  public void onClosed() {
    lane.remove(this);
  }

  private void cancel(Failure reason) {
    if (callEnd == null) {
      call.cancel(reason);
    }
  }

  private void respond(CallResponse response) {
    body = response.body();
    body.exceptionHandler(told -> bodyEnded = true);
    body.endHandler(
        v -> {
          bodyEnded = true;
          if (callEnd != null) {
            ended(callEnd);
          }
        });
    body.handler(this::answer);
    body.resume();
  }

  private void answer(Buffer chunk) {
    if (stream.over()) {
      return;
    }
    try {
      answers.feed(chunk, this::log);
    } catch (InvalidProtocolBufferException e) {
      onFault(new GrpcFault(GrpcStatus.INTERNAL, "the log hook sent no log: " + e.getMessage()));
      return;
    }
    if (stream.full()) {
      body.pause();
    }
  }

  private void log(byte[] bytes) throws InvalidProtocolBufferException {
    stream.write(FnFrames.framed(LogResponseMsg.parseFrom(bytes)));
  }

  private void ended(CallEnd end) {
    callEnd = end;
    if (stream.over()) {
      return;
    }
    if (!end.succeeded()) {
      onFault(RpcFaults.of(end.failure()));
    } else if (answers.withinMessage()) {
      onFault(new GrpcFault(GrpcStatus.INTERNAL, "the log hook ended within a message"));
    } else if (body == null || bodyEnded) {
      stream.finish((ByteBuf) null);
    }
  }

  @Override
  public void sweep(long now) {
    boolean owes = stream.withinMessage() || stream.full() || stream.over();
    if (progress.stalled(stream, owes, now, lane.options.noProgressMillis())) {
      lane.node.countStalled();
      stream.reset(Http2Error.CANCEL);
      cancel(Failure.of(FailureCode.NO_PROGRESS, "the log collector takes nothing"));
    }
  }

  @Override
  public void stop() {
    if (!stream.over()) {
      onFault(new GrpcFault(GrpcStatus.UNAVAILABLE, "this node is stopping"));
    }
  }
}
