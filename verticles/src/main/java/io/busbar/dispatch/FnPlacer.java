package io.busbar.dispatch;

import java.nio.charset.StandardCharsets;

/**
 * The first choice of Fn's {@code ch} placer, bit for bit, for those who replace an Fn load
 * balancer and want each function where it was: SipHash-2-4 of the function id, then Fn's variant
 * of the jump hash, which divides whole numbers where the published one needs real ones. Its load
 * is skewed (of five runners the second is never chosen first, the third gets half of all
 * functions), so it is never the default. Source: fn-runner page 5.3 and appendix.
 */
final class FnPlacer {
  private static final long KEY_0 = 0;
  private static final long KEY_1 = 0x4c617279426f6174L;
  private static final long STEP = 2862933555777941757L;

  private FnPlacer() {}

  /** The key of a function; never 0, which stands for "no key". */
  static long key(String functionId) {
    long hash = sipHash(functionId.getBytes(StandardCharsets.UTF_8));
    return hash == 0 ? 1 : hash;
  }

  /**
   * Index of the runner that is asked first; the next ones follow in the order of the list.
   *
   * @param runners at least 1
   */
  static int first(long key, int runners) {
    long k = key;
    long bucket = -1;
    long next = 0;
    while (next < runners) {
      bucket = next;
      k = k * STEP + 1;
      long divisor = k >>> 33;
      if (divisor == 0) {
        // Fn's code would fail here, once in 2^31 steps.
        break;
      }
      next = (bucket + 1) * ((1L << 31) / divisor + 1);
    }
    return (int) bucket;
  }

  /** SipHash-2-4 with Fn's key. */
  static long sipHash(byte[] data) {
    long[] v = {
      KEY_0 ^ 0x736f6d6570736575L,
      KEY_1 ^ 0x646f72616e646f6dL,
      KEY_0 ^ 0x6c7967656e657261L,
      KEY_1 ^ 0x7465646279746573L
    };
    int whole = data.length & ~7;
    for (int i = 0; i < whole; i += 8) {
      word(v, little(data, i, 8));
    }
    word(v, (long) data.length << 56 | little(data, whole, data.length - whole));
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static long little(byte[] data, int from, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (data[from + i] & 0xffL) << (8 * i);
    }
    return value;
  }

  private static void word(long[] v, long m) {
    v[3] ^= m;
    round(v);
    round(v);
    v[0] ^= m;
  }

  private static void round(long[] v) {
    v[0] += v[1];
    v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
    v[0] = Long.rotateLeft(v[0], 32);
    v[2] += v[3];
    v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
    v[2] = Long.rotateLeft(v[2], 32);
  }
}
