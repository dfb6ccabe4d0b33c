package io.busbar.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

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

  /** Bytes handed to the connection and not yet on the socket, beyond which writers should wait. */
  private static final int MOST_UNSENT = 256 << 10;

  /** What is surely one DATA frame, so that it was sent as a whole or is of no use. */
  private static final int ONE_FRAME = 16 << 10;

  private final ClientHandler handler;
  private final int id;
  private final Deframer deframer;
  private final Listener listener;
  private Http2Stream http2;
  private boolean answered;
  private boolean over;
  private boolean ended;
  private boolean serverEnded;
  private boolean closed;
  private boolean paused;
  private boolean drainDue;
  private boolean firstSent;
  private int firstSize;
  private int unconsumed;
  private long unsent;
  private String brokenBy;

  ClientStream(ClientHandler handler, int id, Deframer deframer, Listener listener) {
    this.handler = handler;
    this.id = id;
    this.deframer = deframer;
    this.listener = listener;
  }

  void start(Http2Headers headers) {
    ChannelHandlerContext context = handler.context();
    handler.encoder().writeHeaders(context, id, headers, 0, false, context.newPromise());
    http2 = handler.connection().stream(id);
    if (http2 == null) {
      // The connection refuses streams; told later, when the caller has this object.
      context
          .executor()
          .execute(() -> lose(Loss.Kind.NOT_PROCESSED, "the stream could not be opened"));
    } else {
      handler.bind(http2, this);
    }
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
    if (over || ended || http2 == null || closed) {
      return;
    }
    int size = framed.readableBytes();
    if (firstSize == 0) {
      firstSize = size;
    }
    ended = last;
    unsent += size;
    ChannelHandlerContext context = handler.context();
    ChannelPromise promise = context.newPromise();
    promise.addListener(done -> sent(size, done.isSuccess()));
    // A Buffer's ByteBuf is not released by who writes it: others refer to the same bytes.
    ByteBuf bytes = ((BufferInternal) BufferInternal.buffer(framed)).getByteBuf();
    handler.encoder().writeData(context, id, bytes, 0, last, promise);
    handler.flush(context);
  }

  private void sent(int size, boolean successfully) {
    unsent -= size;
    firstSent |= successfully;
    if (!over && drainDue && unsent <= MOST_UNSENT / 4) {
      drainDue = false;
      listener.onDrain();
    }
  }

  /**
   * Whether the server is slower than what was written; if so, {@link Listener#onDrain} follows.
   */
  public boolean full() {
    if (!over && unsent > MOST_UNSENT) {
      drainDue = true;
    }
    return drainDue && !over;
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
      if (bytes > 0 && !closed) {
        consume(bytes);
      }
    }
  }

  private void consume(int bytes) {
    try {
      if (handler.connection().local().flowController().consumeBytes(http2, bytes)) {
        handler.flush(handler.context());
      }
    } catch (Http2Exception e) {
      handler.onError(handler.context(), true, e);
    }
  }

  /** Returns how many bytes are done with. */
  int data(ByteBuf data, boolean endOfStream) {
    int size = data.readableBytes();
    if (!over && size > 0) {
      if (!answered) {
        lose(Loss.Kind.FAULT, "data before any headers");
        return size;
      }
      byte[] bytes = new byte[size];
      data.readBytes(bytes);
      Buffer chunk = BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
      GrpcFault fault = deframer.feed(chunk, this::message);
      if (fault != null) {
        lose(Loss.Kind.FAULT, fault.text());
      }
    }
    if (endOfStream) {
      serverEnded = true;
      lose(Loss.Kind.FAULT, "the stream ended without a grpc-status");
      return size;
    }
    if (paused && !over) {
      unconsumed += size;
      return 0;
    }
    return size;
  }

  private void message(ByteBuf message) {
    if (!over) {
      listener.onMessage(message);
    }
  }

  void headers(Http2Headers headers, boolean endOfStream) {
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

  void resetByPeer(long code) {
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

  /** What came broke the rules of HTTP/2; the stream is being reset. */
  void broken(String why) {
    brokenBy = why;
  }

  void closed() {
    closed = true;
    if (over) {
      return;
    }
    if (brokenBy != null) {
      lose(Loss.Kind.FAULT, brokenBy);
      return;
    }
    var local = handler.connection().local();
    boolean leftOut = handler.connection().goAwayReceived() && id > local.lastStreamKnownByPeer();
    String how = handler.closedBy().isEmpty() ? "the connection was closed" : handler.closedBy();
    if (!answered && leftOut) {
      lose(Loss.Kind.NOT_PROCESSED, "a GOAWAY left the stream out");
    } else if (!answered && !firstSent && firstSize <= ONE_FRAME) {
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
    if (!serverEnded || closed || http2 == null) {
      return;
    }
    if (unsent > 0) {
      // The server may never make room for it.
      reset(Http2Error.CANCEL);
    } else if (!ended) {
      ended = true;
      ChannelHandlerContext context = handler.context();
      handler
          .encoder()
          .writeData(context, id, Unpooled.EMPTY_BUFFER, 0, true, context.newPromise());
      handler.flush(context);
    }
  }

  private void reset(Http2Error code) {
    if (http2 != null) {
      ChannelHandlerContext context = handler.context();
      handler.resetStream(context, id, code.code(), context.newPromise());
      handler.flush(context);
    }
  }
}
