package io.busbar.bus.impl;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Buffers as byte strings and back, sharing the bytes. */
final class Bytes {
  private Bytes() {}

  static ByteString of(Buffer buffer) {
    ByteBuf bytes = under(buffer);
    if (bytes.hasArray()) {
      return UnsafeByteOperations.unsafeWrap(
          bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
    }
    // Memory outside the heap may be reused by its owner.
    return ByteString.copyFrom(bytes.nioBuffer());
  }

  /** The buffer's own, where it can be had without the two wrappers around it. */
  private static ByteBuf under(Buffer buffer) {
    return buffer instanceof BufferImpl known
        ? known.byteBuf()
        : ((BufferInternal) buffer).getByteBuf();
  }

  static Buffer buffer(ByteString bytes) {
    Exposed exposed = new Exposed();
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, exposed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return exposed.pieces == 1
        ? BufferInternal.buffer(
            Unpooled.wrappedBuffer(exposed.array, exposed.offset, exposed.length))
        : Buffer.buffer(bytes.toByteArray());
  }

  /** Learns the array under a byte string. */
  private static final class Exposed extends ByteOutput {
    private byte[] array;
    private int offset;
    private int length;
    private int pieces;

    @Override
    public void write(byte[] value, int at, int size) {
      writeLazy(value, at, size);
    }

    @Override
    public void writeLazy(byte[] value, int at, int size) {
      array = value;
      offset = at;
      length = size;
      pieces++;
    }

    @Override
    public void write(byte value) {
      pieces = 2;
    }

    @Override
    public void write(ByteBuffer value) {
      pieces = 2;
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      pieces = 2;
    }
  }
}
