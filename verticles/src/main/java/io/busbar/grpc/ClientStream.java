package io.busbar.grpc;

import io.busbar.http2.HeaderBlock;
import io.busbar.http2.Http2Connection;
import io.busbar.http2.Http2Stream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/**
 * One gRPC call as its client sees it: framed messages out, whole messages in, one end. Belongs to
 * the event loop of its connection. After its end, or after {@link #close}, nothing is told to the
 * listener any more, and writes are dropped.
 */
public final class ClientStream {
  /** What happens on the call. Each method is called on the call's event loop; none may throw. */
  public interface Listener {
    /** A whole message; its memory may be kept by reference. */
    void onMessage(ByteBuf message);

    /**
     * The server ended the call in order.
     *
     * @param status grpc-status as it came, also when gRPC knows no such number
     * @param text grpc-message, decoded
     */
    void onEnd(int status, String text);

    /** The call ended in any other way. */
    void onLost(Loss loss);

    /** There is room for writing again. */
    void onDrain();
  }

  /**
   * How a call was lost.
   *
   * @param text for people
   */
  public record Loss(Kind kind, String text) {
    /** What it means. */
    public enum Kind {
      /** The server has never seen the call: it may be made again anywhere. */
      NOT_PROCESSED,
      /** The server reset the stream. */
      RESET,
      /** The connection is gone. */
      CONNECTION,
      /** What came is no answer to a gRPC call. */
      FAULT
    }
  }

  private static final AsciiString STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
  private static final int LONGEST_TEXT = 500;

  /** Bytes that wait for the server's windows or for the socket, beyond which writers wait. */
  private static final int MOST_UNSENT = 256 << 10;

  private final Http2Connection connection;
  private final Deframer deframer;
  private final Listener listener;
  private Http2Stream http2;
  private boolean answered;
  private boolean over;
  private boolean ended;
  private boolean serverEnded;
  private boolean closed;
  private boolean paused;
  private int unconsumed;
  private String brokenBy;

  ClientStream(Http2Connection connection, Deframer deframer, Listener listener) {
    this.connection = connection;
    this.deframer = deframer;
    this.listener = listener;
  }

  void start(HeaderBlock head) {
    http2 = connection.open(head, new Events());
  }

  // ---- out

  /** Writes framed messages. Taken by reference. */
  public void write(ByteBuf framed) {
    send(framed, false);
  }

  /** Writes the last framed messages and ends the client's side. */
  public void end(ByteBuf framed) {
    send(framed, true);
  }

  private void send(ByteBuf framed, boolean last) {
    if (!over && !ended && !closed) {
      ended = last;
      http2.write(framed, last);
    }
  }

  /**
   * Whether the server is slower than what was written; if so, {@link Listener#onDrain} follows.
   */
  public boolean full() {
    return !over && http2.full(MOST_UNSENT);
  }

  /** Whether the client's side was ended. */
  public boolean ended() {
    return ended;
  }

  // ---- in

  /** The server may send no more than what its window still allows. */
  public void pause() {
    paused = true;
  }

  public void resume() {
    if (paused) {
      paused = false;
      int bytes = unconsumed;
      unconsumed = 0;
      http2.consumed(bytes);
    }
  }

  private void data(ByteBuf data, boolean endOfStream) {
    int size = data.readableBytes();
    if (!over && size > 0) {
      GrpcFault fault = deframer.feed(data, this::message);
      if (fault != null) {
        lose(Loss.Kind.FAULT, fault.text());
      }
    }
    if (endOfStream) {
      serverEnded = true;
      lose(Loss.Kind.FAULT, "the stream ended without a grpc-status");
    } else if (paused && !over) {
      unconsumed += size;
    } else {
      http2.consumed(size);
    }
  }

  private void message(ByteBuf message) {
    if (!over) {
      listener.onMessage(message);
    }
  }

  private void headers(Http2Headers headers, boolean endOfStream) {
    serverEnded |= endOfStream;
    if (over) {
      closeOwnSide();
      return;
    }
    if (!answered) {
      if (GrpcHeaders.isInformational(headers)) {
        return;
      }
      String fault = GrpcHeaders.answerFault(headers);
      if (fault != null) {
        lose(Loss.Kind.FAULT, fault);
        return;
      }
      answered = true;
    }
    if (endOfStream) {
      end(headers);
    }
  }

  private void end(Http2Headers trailers) {
    CharSequence status = trailers.get(STATUS);
    if (status == null) {
      lose(Loss.Kind.FAULT, "the stream ended without a grpc-status");
      return;
    }
    int code = GrpcHeaders.number(status);
    if (code < 0) {
      lose(Loss.Kind.FAULT, "grpc-status " + GrpcHeaders.shown(status) + ", expected a number");
      return;
    }
    if (deframer.withinMessage()) {
      lose(Loss.Kind.FAULT, "the last message is cut short");
      return;
    }
    CharSequence text = trailers.get(MESSAGE);
    finish();
    closeOwnSide();
    listener.onEnd(code, text == null ? "" : Framing.percentDecode(text, LONGEST_TEXT));
  }

  private void resetByPeer(long code) {
    if (over) {
      return;
    }
    if (!answered && code == Http2Error.REFUSED_STREAM.code()) {
      lose(Loss.Kind.NOT_PROCESSED, "the peer refused the stream");
    } else {
      Http2Error name = Http2Error.valueOf(code);
      lose(
          Loss.Kind.RESET,
          "the peer reset the stream with " + (name == null ? "code " + code : name.name()));
    }
  }

  private void closed() {
    closed = true;
    if (over) {
      return;
    }
    if (brokenBy != null) {
      lose(Loss.Kind.FAULT, brokenBy);
      return;
    }
    String why = connection.closedBy();
    String how = why.isEmpty() ? "the connection was closed" : why;
    if (!answered && connection.leftOut(http2.id())) {
      lose(Loss.Kind.NOT_PROCESSED, "a GOAWAY left the stream out");
    } else if (!answered && http2.unseen()) {
      lose(Loss.Kind.NOT_PROCESSED, how + " before anything was sent");
    } else {
      lose(Loss.Kind.CONNECTION, how);
    }
  }

  // ---- end

  private void lose(Loss.Kind kind, String text) {
    if (over) {
      return;
    }
    finish();
    if (!closed) {
      if (serverEnded) {
        closeOwnSide();
      } else if (kind == Loss.Kind.FAULT) {
        reset(Http2Error.CANCEL);
      }
    }
    listener.onLost(new Loss(kind, text));
  }

  private void finish() {
    over = true;
    deframer.close();
    if (paused) {
      resume();
    }
  }

  /**
   * The client is done: whatever still comes is dropped, and the stream is closed now, with a reset
   * unless both sides have ended.
   */
  public void close() {
    if (!over) {
      finish();
    }
    if (serverEnded) {
      closeOwnSide();
    } else if (!closed) {
      reset(Http2Error.CANCEL);
    }
  }

  /**
   * After the server's end the client's is all that is missing. A reset would do, but servers count
   * resets.
   */
  private void closeOwnSide() {
    if (!serverEnded || closed) {
      return;
    }
    if (http2.unsent() > 0) {
      // The server may never make room for it.
      reset(Http2Error.CANCEL);
    } else if (!ended) {
      ended = true;
      http2.write(Unpooled.EMPTY_BUFFER, true);
    }
  }

  private void reset(Http2Error code) {
    http2.reset(code);
  }

  /** What happens on the stream. */
  private final class Events implements Http2Stream.Listener {
    @Override
    public void onHeaders(Http2Headers headers, boolean ends) {
      headers(headers, ends);
    }

    @Override
    public void onData(ByteBuf bytes, boolean ends) {
      data(bytes, ends);
    }

    @Override
    public void onReset(long code) {
      resetByPeer(code);
    }

    @Override
    public void onBroken(String why) {
      brokenBy = "HTTP/2: " + why;
    }

    @Override
    public void onDrain() {
      if (!over) {
        listener.onDrain();
      }
    }

    @Override
    public void onClosed() {
      closed();
    }
  }
}
