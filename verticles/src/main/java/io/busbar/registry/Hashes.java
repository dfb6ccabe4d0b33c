package io.busbar.registry;

/** 64-bit hashes that are the same on every node and in every version. */
public final class Hashes {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  /** Hash of a text; never 0, which stands for "no key". */
  public static long of(String text) {
    long h = mix(fold(OFFSET, text));
    return h == 0 ? 1 : h;
  }

  static long of(String first, String second) {
    return mix(fold(fold(OFFSET, first) * PRIME, second));
  }

  /** Spreads close values over all 64 bits (finalizer of SplitMix64). */
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** FNV-1a over UTF-16 units. */
  private static long fold(long start, String text) {
    long h = start;
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * PRIME;
    }
    return h;
  }

  private Hashes() {}
}
