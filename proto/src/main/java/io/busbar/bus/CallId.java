package io.busbar.bus;

import io.busbar.bus.v1.Id;

/**
 * Identity of a call (or of a stream that belongs to none), made by the side that opens it. It
 * names the opening node's incarnation and lane, so that any node can route a question about it.
 *
 * @param node incarnation of the opening node
 * @param seq lane in the upper 8 bits, a counter of that lane in the lower 56
 */
public record CallId(long node, long seq) {
  /** Crockford base32: no I, L, O, U. */
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

  private static final int LANE_SHIFT = 56;
  private static final int TEXT_LENGTH = 26;

  public static CallId of(long node, int lane, long counter) {
    if (lane < 0 || lane > 255) {
      throw new IllegalArgumentException("lane " + lane + ", expected 0 to 255");
    }
    return new CallId(node, ((long) lane << LANE_SHIFT) | (counter & ((1L << LANE_SHIFT) - 1)));
  }

  public static CallId fromWire(Id wire) {
    return new CallId(wire.getNode(), wire.getSeq());
  }

  public Id toWire() {
    return Id.newBuilder().setNode(node).setSeq(seq).build();
  }

  public int lane() {
    return (int) (seq >>> LANE_SHIFT);
  }

  /** Each call looks itself up a dozen times: without the detour that records take. */
  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof CallId that && seq == that.seq && node == that.node);
  }

  @Override
  public int hashCode() {
    long mixed = seq * 31 + node;
    return (int) (mixed ^ mixed >>> 32);
  }

  /** Reads the text form. Throws IllegalArgumentException naming what is wrong. */
  public static CallId parse(String text) {
    if (text.length() != TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "call id of " + text.length() + " characters, expected " + TEXT_LENGTH);
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < TEXT_LENGTH; i++) {
      int digit = digit(text.charAt(i));
      if (digit < 0 || (i == 0 && digit > 7)) {
        throw new IllegalArgumentException("call id has a bad character at " + i);
      }
      high = (high << 5) | (low >>> 59);
      low = (low << 5) | digit;
    }
    return new CallId(high, low);
  }

  private static int digit(char c) {
    char upper = c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
    for (int i = 0; i < DIGITS.length; i++) {
      if (DIGITS[i] == upper) {
        return i;
      }
    }
    return -1;
  }

  /** 26 characters of Crockford base32. */
  @Override
  public String toString() {
    char[] text = new char[TEXT_LENGTH];
    long high = node;
    long low = seq;
    for (int i = TEXT_LENGTH - 1; i >= 0; i--) {
      text[i] = DIGITS[(int) (low & 31)];
      low = (low >>> 5) | (high << 59);
      high >>>= 5;
    }
    return new String(text);
  }
}
