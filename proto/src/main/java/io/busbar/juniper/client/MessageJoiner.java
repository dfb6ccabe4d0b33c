package io.busbar.juniper.client;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Joins the fragments of messages. A binary one whose length is known beforehand is put together in
 * one array of that length. For one thread.
 */
final class MessageJoiner {
  private static final int FIRST = 64 << 10;
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final int most;
  private final Link.Handler handler;
  private byte[] bytes;
  private int length;
  private boolean text;

  /**
   * @param most bytes of one message
   */
  MessageJoiner(int most, Link.Handler handler) {
    this.most = most;
    this.handler = handler;
  }

  /**
   * Takes a frame and tells the handler of a message that ends with it.
   *
   * @return false = the message is too long, or no fragment is due
   */
  boolean take(WebSocketFrame frame) {
    boolean first = frame.isText() || frame.isBinary();
    if (!first && !frame.isContinuation()) {
      return true;
    }
    if (first == (bytes != null)) {
      return false;
    }
    Buffer data = frame.binaryData();
    if ((long) length + data.length() > most) {
      return false;
    }
    if (first && frame.isFinal()) {
      tell(data, frame.isText());
      return true;
    }
    if (first) {
      text = frame.isText();
      int awaited = text ? 0 : Math.min(most, handler.awaited());
      bytes = new byte[awaited >= data.length() && awaited > 0 ? awaited : FIRST];
    }
    add(data);
    if (frame.isFinal()) {
      byte[] whole = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
      bytes = null;
      length = 0;
      tell(BufferInternal.buffer(Unpooled.wrappedBuffer(whole)), text);
    }
    return true;
  }

  private void add(Buffer data) {
    int needed = length + data.length();
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST, Math.max(needed, 2L * bytes.length)));
    }
    data.getBytes(0, data.length(), bytes, length);
    length = needed;
  }

  private void tell(Buffer message, boolean isText) {
    if (isText) {
      handler.text(message.toString(StandardCharsets.UTF_8));
    } else {
      handler.binary(message);
    }
  }
}
