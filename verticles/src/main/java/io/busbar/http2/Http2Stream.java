package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One stream. Belongs to its connection's event loop. Once it is closed, whatever is still written
 * is dropped.
 */
public final class Http2Stream {
  /** What happens on the stream. Each method is called on the event loop; none may throw. */
  public interface Listener {
    /**
     * A header block came: the first one or trailers.
     *
     * @param headers shared with others: not to be changed
     * @param ends whether the peer ended its side
     */
    void onHeaders(Http2Headers headers, boolean ends);

    /**
     * Bytes came. Who takes them gives their room back with {@link Http2Stream#consumed}.
     *
     * @param bytes in memory of their own, may be kept; at the end of the stream perhaps none
     */
    void onData(ByteBuf bytes, boolean ends);

    /** The peer reset the stream with this code. {@link #onClosed} follows. */
    void onReset(long code);

    /** The peer broke a rule on this stream; it was reset. {@link #onClosed} follows. */
    void onBroken(String why);

    /** What was written has left down to a quarter of the limit that {@link #full} was asked. */
    void onDrain();

    /** Nothing more happens on the stream. Told always, once, as the last. */
    void onClosed();
  }

  private static final int NOT_ASKED = -1;

  final int id;
  final boolean opened;
  final ReceiveWindow receive;
  private final Http2Connection connection;

  /** Null until something must wait. */
  private Deque<ByteBuf> pending;

  Listener listener;
  long sendWindow;
  boolean ready;
  boolean remoteEnded;
  boolean headed;
  boolean closed;
  long announced = -1;
  private long received;
  private long pendingBytes;
  private long drainAt = NOT_ASKED;
  private long firstEnd = -1;
  private long moved;
  private int unread;
  private int firstSize;
  private boolean endDue;
  private HeaderBlock trailers;
  private boolean localEnded;

  /**
   * @param opened by this side
   */
  Http2Stream(Http2Connection connection, int id, boolean opened, int receive, long sendWindow) {
    this.connection = connection;
    this.id = id;
    this.opened = opened;
    this.receive = new ReceiveWindow(receive);
    this.sendWindow = sendWindow;
  }

  public int id() {
    return id;
  }

  /** Sends headers; those that end the stream wait until the data before them has left. */
  public void headers(HeaderBlock block, boolean end) {
    if (closed || endDue) {
      return;
    }
    if (!end) {
      connection.sender().headers(this, block, false);
      return;
    }
    endDue = true;
    trailers = block;
    if (pendingBytes == 0) {
      connection.sender().end(this);
    }
  }

  /** Sends bytes, by reference as long as they must wait, and perhaps the end of this side. */
  public void write(ByteBuf bytes, boolean end) {
    if (closed || endDue) {
      return;
    }
    endDue = end;
    int size = bytes.readableBytes();
    connection.sender().data(this, bytes);
    if (firstSize == 0) {
      firstSize = size;
    }
    if (firstEnd < 0 && pendingBytes == 0) {
      firstEnd = connection.outbound().accepted();
    }
  }

  /**
   * Whether the peer cannot have seen the whole of what was written first, and has no use for a
   * part of it: it is one frame at most, and the socket did not take it.
   */
  public boolean unseen() {
    return firstSize <= Frames.LARGEST && (firstEnd < 0 || connection.outbound().sent() < firstEnd);
  }

  /** Whether more than so many bytes wait for room; if so {@link Listener#onDrain} follows. */
  public boolean full(int most) {
    if (!closed && pendingBytes > most) {
      drainAt = most / 4;
    }
    return drainAt != NOT_ASKED && !closed;
  }

  /** Bytes that wait for room. */
  public long unsent() {
    return pendingBytes;
  }

  /** So many bytes were read; the peer may send as many more. */
  public void consumed(int bytes) {
    if (closed || bytes <= 0) {
      return;
    }
    unread -= bytes;
    connection.consumed(bytes);
    if (!remoteEnded) {
      int more = receive.free(bytes);
      if (more > 0) {
        connection.sender().windowUpdate(id, more);
      }
    }
  }

  /** Changes as bytes that waited leave. */
  public long moved() {
    return moved;
  }

  /** Ends the stream at once. {@link Listener#onClosed} is told before this returns. */
  public void reset(Http2Error code) {
    connection.resetStream(this, code);
  }

  /** Whether both sides, or a reset, have ended it. */
  public boolean closed() {
    return closed;
  }

  // ---- for the connection

  void unread(int bytes) {
    unread += bytes;
  }

  /** What was not read when the stream closed. */
  int unread() {
    return unread;
  }

  boolean waits() {
    return pendingBytes > 0;
  }

  boolean endDue() {
    return endDue && !localEnded;
  }

  boolean localEnded() {
    return localEnded;
  }

  void localEnds() {
    localEnded = true;
  }

  HeaderBlock trailers() {
    return trailers;
  }

  ByteBuf head() {
    return pending == null ? null : pending.peek();
  }

  void queue(ByteBuf bytes) {
    if (pending == null) {
      pending = new ArrayDeque<>(2);
    }
    pending.add(bytes);
    pendingBytes += bytes.readableBytes();
  }

  void left(int bytes) {
    if (firstEnd < 0) {
      firstEnd = connection.outbound().accepted();
    }
    moved++;
    pendingBytes -= bytes;
    while (pending != null && !pending.isEmpty() && !pending.peek().isReadable()) {
      pending.poll();
    }
  }

  void tellDrain() {
    if (drainAt != NOT_ASKED && pendingBytes <= drainAt && !closed) {
      drainAt = NOT_ASKED;
      listener.onDrain();
    }
  }

  void dropPending() {
    pending = null;
    pendingBytes = 0;
  }

  /** Counts DATA against an announced length; false = they differ. */
  boolean countReceived(int bytes, boolean ends) {
    received += bytes;
    return announced < 0 || (ends ? received == announced : received <= announced);
  }
}
