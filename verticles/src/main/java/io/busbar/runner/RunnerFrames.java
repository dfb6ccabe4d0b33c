package io.busbar.runner;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.HttpHeader;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.grpc.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes framed RunnerMsg messages. Body bytes are taken by reference from a size on. */
final class RunnerFrames {
  /** Largest payload of a data frame towards Fn. */
  static final int LARGEST_DATA = 10_240;

  private static final int COPIED = 2048;
  private static final int DATA_TAG = 2 << 3 | 2;
  private static final int BYTES_TAG = 1 << 3 | 2;
  private static final int MOST_OVERHEAD = Framing.PREFIX + 8;

  /** Any message with its prefix. */
  static ByteBuf framed(MessageLite message) {
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

  static ByteBuf start(ResponseHead head) {
    HttpRespMeta.Builder http = HttpRespMeta.newBuilder().setStatusCode(head.getStatus());
    for (Header header : head.getHeadersList()) {
      http.addHeaders(HttpHeader.newBuilder().setKey(header.getName()).setValue(header.getValue()));
    }
    return framed(
        RunnerMsg.newBuilder().setResultStart(CallResultStart.newBuilder().setHttp(http)).build());
  }

  static ByteBuf finished(CallFinished finished) {
    return framed(RunnerMsg.newBuilder().setFinished(finished).build());
  }

  /** Data frames of at most {@link #LARGEST_DATA} bytes with eof=false; null for an empty chunk. */
  static ByteBuf data(Buffer chunk) {
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
  static ByteBuf join(ByteBuf first, ByteBuf second) {
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
    varint(out, inner);
    out.writeByte(BYTES_TAG);
    varint(out, size);
  }

  private static int varintSize(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : 3;
  }

  private static void varint(ByteBuf out, int value) {
    int rest = value;
    while (rest >= 1 << 7) {
      out.writeByte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  private RunnerFrames() {}
}
