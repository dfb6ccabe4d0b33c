package io.busbar.websocket;

import io.busbar.juniper.BinaryFrame;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/** Between Vert.x's buffers and the JDK's, without copying elements. */
final class Buffers {

  private Buffers() {}

  /** The same bytes. */
  static ByteBuffer bytes(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf().nioBuffer();
  }

  /** The same bytes. */
  static Buffer buffer(ByteBuffer bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }

  /** A tensor as one message, its elements not copied. */
  static Buffer message(BinaryFrame tensor) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(tensor.header(), tensor.data()));
  }
}
