package io.busbar.runner;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.busbar.failure.Failure;
import io.busbar.fn.FnFrames;
import io.busbar.grpc.GrpcFault;
import io.busbar.grpc.ServerStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.Function;

/** One message in, one out; answered as soon as the message is here. */
final class UnaryCall<Q extends MessageLite> implements ServerStream.Listener, OpenStream {
  private final RunnerLane lane;
  private final Parser<Q> parser;
  private final Function<Q, Future<? extends MessageLite>> answer;
  private final Progress progress = new Progress();
  private ServerStream stream;
  private boolean asked;

  UnaryCall(RunnerLane lane, Parser<Q> parser, Function<Q, Future<? extends MessageLite>> answer) {
    this.lane = lane;
    this.parser = parser;
    this.answer = answer;
  }

  void started(ServerStream opened) {
    stream = opened;
    lane.add(this);
  }

  @Override
  public void onMessage(ByteBuf message) {
    if (asked) {
      return;
    }
    asked = true;
    Q question;
    try {
      question = parser.parseFrom(message.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      onFault(new GrpcFault(GrpcStatus.INVALID_ARGUMENT, "request message: " + e.getMessage()));
      return;
    }
    answer
        .apply(question)
        .onSuccess(message1 -> stream.finish(FnFrames.framed(message1)))
        .onFailure(cause -> onFault(RpcFaults.of(Failure.of(cause))));
  }

  @Override
  public void onHalfClose() {
    if (!asked) {
      onFault(new GrpcFault(GrpcStatus.INVALID_ARGUMENT, "no request message came"));
    }
  }

  @Override
  public void onFault(GrpcFault fault) {
    lane.node.countFault();
    stream.finish(fault);
  }

  @Override
  public void onGone(String how) {
    // An answer that still comes is dropped by the stream.
  }

  @Override
  public void onDrain() {
    // One message is never held back.
  }

  @Override
  public void onClosed() {
    lane.remove(this);
  }

  @Override
  public void sweep(long now) {
    boolean owes = !asked || stream.withinMessage() || stream.over();
    if (!progress.stalled(stream, owes, now, lane.options.noProgressMillis())) {
      return;
    }
    lane.node.countStalled();
    if (stream.over()) {
      stream.reset(Http2Error.CANCEL);
    } else {
      onFault(new GrpcFault(GrpcStatus.DEADLINE_EXCEEDED, "no request message came"));
    }
  }

  @Override
  public void stop() {
    if (!stream.over()) {
      onFault(new GrpcFault(GrpcStatus.UNAVAILABLE, "this node is stopping"));
    }
  }
}
