package io.busbar.fn;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.busbar.grpc.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes framed messages of the RunnerProtocol. A data frame looks the same in both directions.
 * Body bytes are taken by reference from a size on.
 */
public final class FnFrames {
  /** Largest payload of a data frame that Fn sends or expects. */
  public static final int LARGEST_DATA = 10_240;

  private static final int COPIED = 2048;
  private static final int ROOM_AFTER = 256;
  private static final int DATA_TAG = 2 << 3 | 2;
  private static final int BYTES_TAG = 1 << 3 | 2;
  private static final int EOF_TAG = 2 << 3;
  private static final int EOF_BYTES = Framing.PREFIX + 4;
  private static final int MOST_OVERHEAD = Framing.PREFIX + 8;

  /** Any message with its prefix. */
  public static ByteBuf framed(MessageLite message) {
    int size = message.getSerializedSize();
    byte[] bytes = new byte[Framing.PREFIX + size];
    ByteBuf framed = Unpooled.wrappedBuffer(bytes);
    framed.setByte(0, 0).setInt(1, size);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, Framing.PREFIX, size);
      message.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("array of the message's own size is too small", e);
    }
    return framed;
  }

  /**
   * Appends a message whose only field is another message, with its prefix, to what is held.
   *
   * @param held null = nothing
   * @param field number of the field
   * @param message in that field
   */
  public static ByteBuf add(ByteBuf held, int field, MessageLite message) {
    int size = message.getSerializedSize();
    int whole = 1 + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    boolean behind = whole <= COPIED && appends(held);
    ByteBuf out = withRoom(behind ? held : null, Framing.PREFIX + whole);
    Framing.prefix(out, whole);
    out.writeByte(field << 3 | 2);
    Framing.varint(out, size);
    write(message, size, out);
    return behind ? out : join(held, out);
  }

  private static void write(MessageLite message, int size, ByteBuf out) {
    int at = out.arrayOffset() + out.writerIndex();
    try {
      CodedOutputStream coded = CodedOutputStream.newInstance(out.array(), at, size);
      message.writeTo(coded);
      coded.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("array of the message's own size is too small", e);
    }
    out.writerIndex(out.writerIndex() + size);
  }

  /** Appends data frames to what is held; null = nothing is. */
  public static ByteBuf addData(ByteBuf held, Buffer chunk) {
    int length = chunk.length();
    if (length == 0) {
      return held;
    }
    if (length > COPIED || !appends(held)) {
      return join(held, data(chunk));
    }
    ByteBuf out = withRoom(held, MOST_OVERHEAD + length);
    dataHead(out, length);
    return out.writeBytes(((BufferInternal) chunk).getByteBuf());
  }

  /** Whether small pieces are copied behind it. */
  private static boolean appends(ByteBuf held) {
    return held == null || (held.hasArray() && held.readableBytes() <= COPIED);
  }

  /** The same bytes with room behind them, for this piece and a small one after it. */
  private static ByteBuf withRoom(ByteBuf held, int bytes) {
    if (held != null && held.isWritable(bytes)) {
      return held;
    }
    int here = held == null ? 0 : held.readableBytes();
    // A wrapped array, since the counters of Netty's own heap buffers are shared by all threads.
    ByteBuf out = Unpooled.wrappedBuffer(new byte[here + bytes + ROOM_AFTER]).clear();
    return held == null ? out : out.writeBytes(held);
  }

  /** The empty last frame of a request body. */
  public static ByteBuf eof() {
    return addEof(null);
  }

  /** Appends the empty last frame of a request body to what is held; null = nothing is. */
  public static ByteBuf addEof(ByteBuf held) {
    boolean behind = held == null || (held.hasArray() && held.isWritable(EOF_BYTES));
    ByteBuf out =
        behind && held != null ? held : Unpooled.wrappedBuffer(new byte[EOF_BYTES]).clear();
    Framing.prefix(out, 4);
    out.writeByte(DATA_TAG).writeByte(2).writeByte(EOF_TAG).writeByte(1);
    return behind ? out : join(held, out);
  }

  /** Data frames of at most {@link #LARGEST_DATA} bytes with eof=false; null for an empty chunk. */
  public static ByteBuf data(Buffer chunk) {
    int length = chunk.length();
    if (length == 0) {
      return null;
    }
    ByteBuf bytes = ((BufferInternal) chunk).getByteBuf();
    if (length <= COPIED) {
      ByteBuf framed = Unpooled.buffer(MOST_OVERHEAD + length);
      dataHead(framed, length);
      return framed.writeBytes(bytes);
    }
    int frames = (length + LARGEST_DATA - 1) / LARGEST_DATA;
    ByteBuf heads = Unpooled.buffer(frames * MOST_OVERHEAD);
    CompositeByteBuf framed = Unpooled.compositeBuffer(2 * frames);
    while (bytes.isReadable()) {
      int size = Math.min(LARGEST_DATA, bytes.readableBytes());
      int from = heads.writerIndex();
      dataHead(heads, size);
      framed.addComponent(true, heads.slice(from, heads.writerIndex() - from));
      framed.addComponent(true, bytes.readSlice(size));
    }
    return framed;
  }

  /** Two pieces as one; either may be null. */
  public static ByteBuf join(ByteBuf first, ByteBuf second) {
    if (first == null) {
      return second;
    }
    if (second == null) {
      return first;
    }
    int size = first.readableBytes() + second.readableBytes();
    if (size <= COPIED) {
      return Unpooled.buffer(size).writeBytes(first).writeBytes(second);
    }
    return Unpooled.wrappedBuffer(first, second);
  }

  private static void dataHead(ByteBuf out, int size) {
    int inner = 1 + varintSize(size) + size;
    Framing.prefix(out, 1 + varintSize(inner) + inner);
    out.writeByte(DATA_TAG);
    Framing.varint(out, inner);
    out.writeByte(BYTES_TAG);
    Framing.varint(out, size);
  }

  private static int varintSize(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : 3;
  }

  private FnFrames() {}
}
