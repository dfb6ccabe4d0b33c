package io.busbar.grpc;

import io.busbar.http2.HeaderBlock;
import io.busbar.http2.HeaderField;
import io.busbar.http2.Http2Stream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One gRPC call as its server sees it: whole messages in, framed messages out, one end. Belongs to
 * the event loop of its connection. After {@link #finish} or after the client is gone nothing is
 * told to the listener any more, and writes are dropped.
 */
public final class ServerStream {
  /** What happens on the call. Each method is called on the call's event loop; none may throw. */
  public interface Listener {
    /** A whole message; its memory may be kept by reference. */
    void onMessage(ByteBuf message);

    /** The client ended its side after whole messages. */
    void onHalfClose();

    /** The bytes are no gRPC call any more. The call is still open and should be finished so. */
    void onFault(GrpcFault fault);

    /** The client reset the call or its connection is lost. The call is over. */
    void onGone(String how);

    /** There is room for writing again. */
    void onDrain();

    /** The HTTP/2 stream is closed: everything was sent, or never will be. Told always, once. */
    void onClosed();
  }

  private static final HeaderBlock HEAD = HeaderBlock.of(ServerRequest.OK, ServerRequest.TYPE);
  private static final HeaderBlock END_OK = HeaderBlock.of(HeaderField.of("grpc-status", "0"));
  private static final HeaderBlock NONE = HeaderBlock.of();

  /** Bytes that wait for the client's windows or for the socket, beyond which writers wait. */
  private static final int MOST_UNSENT = 64 << 10;

  private final Http2Stream http2;
  private final Deframer deframer;
  private final Listener listener;

  /** What came while paused; null until then. */
  private Deque<ByteBuf> held;

  private boolean paused;
  private boolean feeding;
  private boolean finished;
  private boolean gone;
  private boolean endCame;
  private boolean clientEnded;
  private boolean headSent;
  private boolean closed;
  private long arrivals;

  ServerStream(Http2Stream http2, Deframer deframer, Listener listener) {
    this.http2 = http2;
    this.deframer = deframer;
    this.listener = listener;
  }

  /** No more messages after those of the chunk being read. */
  public void pause() {
    paused = true;
  }

  public void resume() {
    if (paused) {
      paused = false;
      feed();
    }
  }

  /** Whether nothing more can be written. */
  public boolean over() {
    return finished || gone;
  }

  /**
   * Whether the client is slower than what was written; if so, {@link Listener#onDrain} follows.
   */
  public boolean full() {
    return !over() && http2.full(MOST_UNSENT);
  }

  /** Whether an unfinished message of the client is held here. */
  public boolean withinMessage() {
    return deframer.withinMessage();
  }

  /** Writes framed messages. Taken by reference. */
  public void write(ByteBuf framed) {
    if (!over()) {
      send(framed);
    }
  }

  private void send(ByteBuf framed) {
    if (!headSent) {
      headSent = true;
      http2.headers(HEAD, false);
    }
    http2.write(framed, false);
  }

  /** Ends the call with OK after these last framed messages; null = none. */
  public void finish(ByteBuf framed) {
    if (over()) {
      return;
    }
    over(true);
    send(framed == null ? Unpooled.EMPTY_BUFFER : framed);
    http2.headers(END_OK, true);
  }

  /** Ends the call with a status that is not OK. */
  public void finish(GrpcFault fault) {
    if (!over()) {
      over(true);
      HeaderBlock end = headSent ? NONE : HEAD;
      http2.headers(end.with(ServerRequest.status(fault)), true);
    }
  }

  /** Nothing more is told or written; what still comes is dropped. */
  private void over(boolean inOrder) {
    finished |= inOrder;
    gone |= !inOrder;
    deframer.close();
    paused = false;
    feed();
  }

  /** Gives up on a client that takes or sends nothing; also after the end, if it is not taken. */
  public void reset(Http2Error code) {
    if (!closed) {
      over(false);
      http2.reset(code);
    }
  }

  /** A number that changes with each sign of life of the client on this call. */
  public long activity() {
    return arrivals + http2.moved();
  }

  void arrived(ByteBuf chunk, boolean ends) {
    arrivals++;
    endCame |= ends;
    if (!paused && !feeding && nothingHeld()) {
      feeding = true;
      take(chunk);
      feeding = false;
    } else {
      if (held == null) {
        held = new ArrayDeque<>(2);
      }
      held.add(chunk);
    }
    feed();
  }

  private boolean nothingHeld() {
    return held == null || held.isEmpty();
  }

  void ended() {
    endCame = true;
    feed();
  }

  /** Takes what came as long as it is wanted. */
  private void feed() {
    if (feeding) {
      return;
    }
    feeding = true;
    while (!paused && !nothingHeld()) {
      take(held.poll());
    }
    feeding = false;
    if (endCame && !clientEnded && nothingHeld() && !paused) {
      clientEnded = true;
      if (!over()) {
        halfClosed();
      }
    }
  }

  private void take(ByteBuf chunk) {
    int size = chunk.readableBytes();
    GrpcFault fault = over() ? null : deframer.feed(chunk, this::message);
    http2.consumed(size);
    if (fault != null && !over()) {
      listener.onFault(fault);
    }
  }

  private void message(ByteBuf message) {
    if (!over()) {
      listener.onMessage(message);
    }
  }

  private void halfClosed() {
    if (deframer.withinMessage()) {
      listener.onFault(new GrpcFault(GrpcStatus.INTERNAL, "the last message is cut short"));
    } else {
      listener.onHalfClose();
    }
  }

  void drained() {
    if (!over()) {
      listener.onDrain();
    }
  }

  void lost(String how) {
    if (!over()) {
      over(false);
      listener.onGone(how);
    }
  }

  void closed() {
    if (!closed) {
      closed = true;
      lost("the connection was closed");
      listener.onClosed();
    }
  }
}
