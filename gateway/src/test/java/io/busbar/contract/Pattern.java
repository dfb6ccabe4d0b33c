package io.busbar.contract;

import io.vertx.core.buffer.Buffer;
import java.util.zip.CRC32C;

/**
 * Bytes that depend on their offset only, so that any loss, duplicate or swap shows in a checksum.
 */
final class Pattern {
  private Pattern() {}

  static Buffer bytes(long from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      long at = (from + i) / 8;
      long mixed = (at + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
      mixed ^= mixed >>> 27;
      bytes[i] = (byte) (mixed >>> (8 * ((from + i) % 8)));
    }
    return Buffer.buffer(bytes);
  }

  /** Checksum of the first {@code length} bytes. */
  static long checksum(long length) {
    CRC32C sum = new CRC32C();
    int step = 1 << 16;
    for (long at = 0; at < length; at += step) {
      sum.update(bytes(at, (int) Math.min(step, length - at)).getBytes());
    }
    return sum.getValue();
  }
}
