package io.busbar.gateway.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.grpc.Deframer;
import io.busbar.grpc.GrpcFault;
import io.busbar.grpc.MessageBudget;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.List;

/**
 * One Engage as its client sees it. Checks the order of the messages, each byte of the echo, the
 * finish and the gRPC status; says once how it ended.
 */
final class EngageExchange {
  private static final int LARGEST = 4 << 20;
  private static final long CANCEL = 8;

  /** What the owner is told, on the connection's event loop. */
  interface Listener {
    /** The first body bytes are here. */
    default void answered() {}

    /** Over; null = the answer was right in every byte. */
    void ended(String problem);
  }

  private final ByteString expected;
  private final Listener listener;
  private final Deframer deframer;
  private int at;
  private boolean started;
  private boolean finished;
  private boolean over;
  private HttpClientRequest toReset;

  EngageExchange(ByteString expected, MessageBudget budget, Listener listener) {
    this.expected = expected;
    this.listener = listener;
    this.deframer = new Deframer(LARGEST, budget);
  }

  /** Sends the whole request; the client's side of the stream ends with it. */
  void run(HttpClientRequest request, Buffer bytes) {
    request.exceptionHandler(this::broke);
    request.response().onSuccess(this::answer).onFailure(this::broke);
    request.end(bytes).onFailure(this::broke);
  }

  /**
   * Each thing in a write of its own, no end of the client's side, and a reset after the answer.
   */
  void runAsFn(HttpClientRequest request, List<Buffer> messages) {
    toReset = request;
    request.exceptionHandler(this::broke);
    request.response().onSuccess(this::answer).onFailure(this::broke);
    request.setChunked(true);
    request.sendHead();
    messages.forEach(request::write);
  }

  private void answer(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      end("HTTP status " + response.statusCode());
      return;
    }
    response.exceptionHandler(this::broke);
    response.endHandler(v -> closed(response));
    response.handler(this::chunk);
  }

  private void chunk(Buffer chunk) {
    GrpcFault fault = deframer.feed(chunk, this::message);
    if (fault != null) {
      end(fault.text());
    }
  }

  private void message(ByteBuf bytes) {
    try {
      RunnerMsg message = RunnerMsg.parseFrom(bytes.nioBuffer());
      if (message.hasResultStart()) {
        started = true;
      } else if (message.hasData()) {
        data(message.getData().getData());
      } else if (message.hasFinished()) {
        finished = message.getFinished().getSuccess();
        if (!finished) {
          end(
              "finished with "
                  + message.getFinished().getErrorCode()
                  + " "
                  + message.getFinished().getErrorStr());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      end("no RunnerMsg: " + e.getMessage());
    }
  }

  private void data(ByteString data) {
    if (at == 0 && !data.isEmpty()) {
      listener.answered();
    }
    int next = at + data.size();
    if (!started) {
      end("data before the result start");
    } else if (next <= expected.size() && expected.substring(at, next).equals(data)) {
      at = next;
    } else {
      end("wrong bytes in the answer after " + at);
    }
  }

  private void closed(HttpClientResponse response) {
    String status = response.getTrailer("grpc-status");
    if (status == null) {
      status = response.getHeader("grpc-status");
    }
    if (!"0".equals(status)) {
      end("grpc-status " + status + " " + response.getTrailer("grpc-message"));
    } else if (!finished) {
      end("no finish");
    } else if (at != expected.size()) {
      end(at + " bytes of " + expected.size() + " came back");
    } else {
      end(null);
    }
  }

  private void broke(Throwable cause) {
    end(String.valueOf(cause.getMessage()));
  }

  private void end(String problem) {
    if (!over) {
      over = true;
      deframer.close();
      if (toReset != null) {
        toReset.reset(CANCEL);
      }
      listener.ended(problem);
    }
  }
}
