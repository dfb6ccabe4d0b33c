package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;

/**
 * What leaves on a connection: gathered in one buffer and written once per turn of the event loop,
 * sooner when much has come together.
 */
final class Outbound {
  private static final int FIRST_CAPACITY = 2048;
  private static final int MOST_GATHERED = 64 << 10;

  /** Bytes not yet taken by the socket, beyond which no more DATA is added. */
  private static final int HIGH = 256 << 10;

  private static final int LOW = 64 << 10;

  /** Only answers to a peer that does not read its own connection can add up to this. */
  private static final int TOO_MUCH = 4 << 20;

  private final ChannelHandlerContext context;
  private final Runnable whenRoom;
  private final Runnable flush = this::flush;
  private ByteBuf gathered;
  private int usual = FIRST_CAPACITY;
  private long accepted;
  private long sent;
  private boolean flushDue;
  private boolean unflushed;
  private boolean wasFull;
  private boolean closed;

  /**
   * @param whenRoom called when DATA may be added again
   */
  Outbound(ChannelHandlerContext context, Runnable whenRoom) {
    this.context = context;
    this.whenRoom = whenRoom;
  }

  /** Whether DATA may be added. */
  boolean hasRoom() {
    if (accepted - sent >= HIGH) {
      flush();
      wasFull = accepted - sent >= HIGH;
    }
    return !wasFull;
  }

  /** Whether more waits than a peer that reads could cause. */
  boolean tooMuch() {
    return accepted - sent > TOO_MUCH;
  }

  /** Bytes ever added. */
  long accepted() {
    return accepted;
  }

  /** Bytes that the socket took. */
  long sent() {
    return sent;
  }

  void frame(int length, int type, int flags, int stream) {
    ByteBuf out = space(Frames.HEAD + length);
    out.writeInt(length << 8 | type).writeByte(flags).writeInt(stream);
    accepted += Frames.HEAD;
  }

  /** Copies from the reader index on, which stays where it is. */
  void bytes(ByteBuf from, int size) {
    if (from.hasArray()) {
      // Of an array Netty makes no buffer of its own to copy it.
      space(size).writeBytes(from.array(), from.arrayOffset() + from.readerIndex(), size);
    } else {
      space(size).writeBytes(from, from.readerIndex(), size);
    }
    accepted += size;
  }

  void number(int value) {
    space(4).writeInt(value);
    accepted += 4;
  }

  void longNumber(long value) {
    space(8).writeLong(value);
    accepted += 8;
  }

  void shortNumber(int value) {
    space(2).writeShort(value);
    accepted += 2;
  }

  void text(byte[] bytes) {
    space(bytes.length).writeBytes(bytes);
    accepted += bytes.length;
  }

  private ByteBuf space(int size) {
    if (gathered != null && gathered.readableBytes() + size > MOST_GATHERED) {
      hand();
    }
    if (gathered == null) {
      gathered = context.alloc().directBuffer(Math.max(usual, size));
    }
    if (!flushDue) {
      flushDue = true;
      context.executor().execute(flush);
    }
    return gathered;
  }

  private void hand() {
    ByteBuf ready = gathered;
    gathered = null;
    int size = ready.readableBytes();
    usual = Math.max(FIRST_CAPACITY, Math.min(MOST_GATHERED, Math.max(size, usual - usual / 8)));
    ChannelPromise written = context.newPromise();
    written.addListener(
        (GenericFutureListener<Future<Void>>) done -> written(size, done.isSuccess()));
    unflushed = true;
    context.write(ready, written);
  }

  private void written(int size, boolean successfully) {
    if (!successfully) {
      return;
    }
    sent += size;
    if (wasFull && accepted - sent <= LOW) {
      wasFull = false;
      whenRoom.run();
    }
  }

  /** Hands everything to the socket now. */
  void flush() {
    flushDue = false;
    if (closed) {
      drop();
      return;
    }
    if (gathered != null) {
      hand();
    }
    if (unflushed) {
      unflushed = false;
      context.flush();
    }
  }

  /** The connection is gone. */
  void close() {
    closed = true;
    drop();
  }

  private void drop() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
