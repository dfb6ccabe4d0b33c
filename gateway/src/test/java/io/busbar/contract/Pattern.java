package io.busbar.contract;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Bytes that depend on their offset only, so that any loss, duplicate or swap shows in a checksum.
 */
final class Pattern {
  private Pattern() {}

  static Buffer bytes(long from, int length) {
    return Buffer.buffer(array(from, length));
  }

  private static byte[] array(long from, int length) {
    int before = (int) (from % Long.BYTES);
    int words = (before + length + Long.BYTES - 1) / Long.BYTES;
    ByteBuffer whole = ByteBuffer.allocate(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = from / Long.BYTES; whole.hasRemaining(); at++) {
      long mixed = (at + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
      whole.putLong(mixed ^ mixed >>> 27);
    }
    byte[] bytes = whole.array();
    return before == 0 && bytes.length == length
        ? bytes
        : Arrays.copyOfRange(bytes, before, before + length);
  }

  /** Checksum of the first {@code length} bytes. */
  static long checksum(long length) {
    CRC32C sum = new CRC32C();
    int step = 1 << 16;
    for (long at = 0; at < length; at += step) {
      sum.update(array(at, (int) Math.min(step, length - at)));
    }
    return sum.getValue();
  }
}
