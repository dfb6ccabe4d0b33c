package io.busbar.juniper;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as the Python peers' models take them: also booleans, and texts that are numbers. */
final class Loose {
  /** Longest text looked at as a number. */
  private static final int MAX_TEXT = 400;

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(_\\d+)*(\\.(\\d+(_\\d+)*)?)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+)?");
  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+(_\\d+)*(\\.0+)?");

  private Loose() {}

  /** Null = not a number that a double can hold. */
  static Double toDouble(Object value) {
    if (value instanceof Boolean bool) {
      return bool ? 1.0 : 0.0;
    }
    if (value instanceof BigInteger big) {
      double number = big.doubleValue();
      return Double.isInfinite(number) ? null : number;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return value instanceof String text ? parse(text) : null;
  }

  private static Double parse(String given) {
    if (given.length() > MAX_TEXT) {
      return null;
    }
    String text = given.strip();
    String bare = text.toLowerCase(Locale.ROOT).replaceFirst("^[+-]", "");
    boolean negative = text.startsWith("-");
    switch (bare) {
      case "nan":
        return Double.NaN;
      case "inf", "infinity":
        return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      default:
        return DECIMAL.matcher(text).matches() ? Double.valueOf(text.replace("_", "")) : null;
    }
  }

  /** Null = not a whole number within 64 bits. */
  static Long toLong(Object value) {
    if (value instanceof Boolean bool) {
      return bool ? 1L : 0L;
    }
    if (value instanceof BigInteger) {
      return null;
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      boolean whole = number == Math.rint(number) && Math.abs(number) < 0x1p63;
      return whole ? Long.valueOf((long) number) : null;
    }
    if (value instanceof Number number) {
      return number.longValue();
    }
    return value instanceof String text ? whole(text) : null;
  }

  private static Long whole(String given) {
    if (given.length() > MAX_TEXT) {
      return null;
    }
    String text = given.strip();
    if (!WHOLE.matcher(text).matches()) {
      return null;
    }
    int point = text.indexOf('.');
    BigInteger number =
        new BigInteger((point < 0 ? text : text.substring(0, point)).replace("_", ""));
    return number.bitLength() < 64 ? Long.valueOf(number.longValue()) : null;
  }
}
