package io.busbar.testing;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Random;

/** Bytes that tell by their place whether a stream of any length is whole, without keeping it. */
public final class BytePattern {
  /** A prime, so that no frame or window size divides it. */
  private static final int PERIOD = 65_521;

  private final byte[] twice = new byte[2 * PERIOD];

  public BytePattern(long seed) {
    byte[] once = new byte[PERIOD];
    new Random(seed).nextBytes(once);
    System.arraycopy(once, 0, twice, 0, PERIOD);
    System.arraycopy(once, 0, twice, PERIOD, PERIOD);
  }

  /** The bytes from an offset on; at most 64 KiB - 15 of them. */
  public Buffer at(long offset, int size) {
    int from = (int) (offset % PERIOD);
    return Buffer.buffer(Arrays.copyOfRange(twice, from, from + size));
  }

  /** Largest piece {@link #at} gives. */
  public static int largest() {
    return PERIOD;
  }

  /** Whether these are the bytes from that offset on. */
  public boolean matches(long offset, Buffer bytes) {
    byte[] got = bytes.getBytes();
    for (int done = 0; done < got.length; ) {
      int from = (int) ((offset + done) % PERIOD);
      int size = Math.min(PERIOD, got.length - done);
      if (!Arrays.equals(got, done, done + size, twice, from, from + size)) {
        return false;
      }
      done += size;
    }
    return true;
  }
}
