package io.busbar.websocket;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;

/** A body as far as it came, in one array that grows. */
final class BodyBytes {
  private static final int FIRST = 4 << 10;
  private static final int UNKNOWN_UP_TO = 256 << 10;

  private final long announced;
  private byte[] bytes;
  private int length;

  /**
   * @param announced how long it will be; 0 = not known
   */
  BodyBytes(long announced) {
    this.announced = announced;
    this.bytes = new byte[FIRST];
  }

  /** As long as it is announced once more than its beginning has to be kept. */
  void add(Buffer more) {
    int needed = Math.addExact(length, more.length());
    if (needed > bytes.length) {
      long doubled = Math.max(needed, 2L * bytes.length);
      long size = needed > UNKNOWN_UP_TO && announced >= needed ? announced : doubled;
      byte[] larger = new byte[(int) Math.min(size, Integer.MAX_VALUE - 8)];
      System.arraycopy(bytes, 0, larger, 0, length);
      bytes = larger;
    }
    more.getBytes(0, more.length(), bytes, length);
    length = needed;
  }

  int length() {
    return length;
  }

  /** Longer than what was added; not to be changed. */
  byte[] array() {
    return bytes;
  }

  /** The same bytes. */
  ByteBuffer view(int from, int to) {
    return ByteBuffer.wrap(bytes, from, to - from);
  }

  /** A copy of what stands there and behind. */
  Buffer from(int start) {
    return Buffer.buffer(length - start).appendBytes(bytes, start, length - start);
  }

  void clear() {
    length = 0;
  }
}
