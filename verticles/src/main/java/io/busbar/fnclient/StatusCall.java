package io.busbar.fnclient;

import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.bus.Deadlines;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.grpc.ClientConnection;
import io.busbar.grpc.ClientStream;
import io.busbar.grpc.Framing;
import io.busbar.grpc.GrpcHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;

/** One question for a runner's status. */
final class StatusCall implements RunnerLink.Seeker, ClientStream.Listener {
  private static final String PATH = "/RunnerProtocol/Status";

  private final DialLane lane;
  private final RunnerLink link;
  private final long timeoutMillis;
  private final Promise<RunnerStatus> answer = Promise.promise();
  private ClientStream stream;
  private Deadlines.Deadline deadline;
  private RunnerStatus status;

  StatusCall(DialLane lane, RunnerLink link, long timeoutMillis) {
    this.lane = lane;
    this.link = link;
    this.timeoutMillis = timeoutMillis;
  }

  Future<RunnerStatus> answer() {
    return answer.future();
  }

  void begin() {
    deadline =
        lane.deadlines()
            .in(
                timeoutMillis,
                () -> {
                  fail(FailureCode.DEADLINE_EXCEEDED, "no status within " + timeoutMillis + " ms");
                  link.forget(this);
                });
    link.seek(this);
  }

  @Override
  public void connected(ClientConnection connection) {
    if (answer.future().isComplete()) {
      return;
    }
    stream =
        connection.open(PATH, Map.of("grpc-timeout", GrpcHeaders.timeout(timeoutMillis)), this);
    ByteBuf empty = Unpooled.buffer(Framing.PREFIX);
    Framing.prefix(empty, 0);
    stream.end(empty);
  }

  @Override
  public void notConnected(Failure why) {
    fail(why.code(), why.detail());
  }

  @Override
  public void onMessage(ByteBuf message) {
    if (status != null) {
      fail(FailureCode.WORKER_PROTOCOL, "two answers to one Status");
      return;
    }
    try {
      status = RunnerStatus.parseFrom(message.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      fail(FailureCode.WORKER_PROTOCOL, "RunnerStatus: " + e.getMessage());
      return;
    }
    if (status.getActive() < 0) {
      fail(
          FailureCode.WORKER_PROTOCOL,
          "RunnerStatus.active: " + status.getActive() + ", expected 0 or more");
    }
  }

  @Override
  public void onEnd(int code, String text) {
    if (code != 0) {
      fail(FailureCode.UNAVAILABLE, "Status ended with grpc-status " + code + " " + text);
    } else if (status == null) {
      fail(FailureCode.WORKER_PROTOCOL, "Status ended without an answer");
    } else {
      deadline.cancel();
      answer.tryComplete(status);
    }
  }

  @Override
  public void onLost(ClientStream.Loss loss) {
    boolean fault = loss.kind() == ClientStream.Loss.Kind.FAULT;
    fail(fault ? FailureCode.WORKER_PROTOCOL : FailureCode.UNAVAILABLE, loss.text());
  }

  @Override
  public void onDrain() {
    // Nothing more is written.
  }

  private void fail(FailureCode code, String why) {
    deadline.cancel();
    if (stream != null) {
      stream.close();
    }
    answer.tryFail(
        Failure.of(code, "runner " + link.target().address() + ": " + why).toException());
  }
}
