package io.busbar.runner;

import io.busbar.failure.Failure;

/** Rules for single values of a TryCall that have a form of their own. */
final class FieldRules {
  private static final int SHOWN = 60;
  private static final long MOST_MILLI_CPUS = 1_024_000;

  /** Milli-CPUs with an m, or a decimal number of CPUs; empty = none asked for. */
  static void cpus(String value) throws BadCallException {
    if (value.isEmpty()) {
      return;
    }
    boolean milli = value.endsWith("m");
    int end = milli ? value.length() - 1 : value.length();
    int point = -1;
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c == '.' && !milli && point < 0) {
        point = i;
      } else if (!digit(c)) {
        throw badCpus(value);
      }
    }
    if (end == 0 || end > 12 || (point >= 0 && end == 1)) {
      throw badCpus(value);
    }
    double amount = Double.parseDouble(value.substring(0, end));
    if ((milli ? amount : amount * 1000) > MOST_MILLI_CPUS) {
      throw badCpus(value);
    }
  }

  private static BadCallException badCpus(String value) {
    return new BadCallException(
        "Invalid JSON: models_call_json.cpus: "
            + Failure.shorten(value, SHOWN)
            + ", expected like 500m or 0.5, at most "
            + MOST_MILLI_CPUS
            + "m");
  }

  /** RFC 3339: 2026-01-15T10:20:30, an optional fraction, Z or an offset; empty = none. */
  static void date(String field, String value) throws BadCallException {
    if (!value.isEmpty() && !isDate(value)) {
      throw new BadCallException(
          "models_call_json."
              + field
              + ": "
              + Failure.shorten(value, SHOWN)
              + ", expected a date like 2026-01-15T10:20:30.123Z");
    }
  }

  private static boolean isDate(String v) {
    if (v.length() < 20
        || !shape(v, "dddd-dd-ddTdd:dd:dd")
        || number(v, 5) < 1
        || number(v, 5) > 12
        || number(v, 8) < 1
        || number(v, 8) > 31
        || number(v, 11) > 23
        || number(v, 14) > 59
        || number(v, 17) > 59) {
      return false;
    }
    int at = 19;
    if (v.charAt(at) == '.') {
      int first = ++at;
      while (at < v.length() && digit(v.charAt(at))) {
        at++;
      }
      if (at == first || at == v.length()) {
        return false;
      }
    }
    char zone = v.charAt(at);
    if (zone == 'Z') {
      return at == v.length() - 1;
    }
    return (zone == '+' || zone == '-')
        && v.length() == at + 6
        && shape(v.substring(at + 1), "dd:dd");
  }

  private static boolean shape(String value, String shape) {
    for (int i = 0; i < shape.length(); i++) {
      char c = value.charAt(i);
      if (shape.charAt(i) == 'd' ? !digit(c) : c != shape.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int number(String value, int at) {
    return (value.charAt(at) - '0') * 10 + value.charAt(at + 1) - '0';
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Hex text, or empty. */
  static void slotHash(String value) throws BadCallException {
    boolean good = value.length() % 2 == 0;
    for (int i = 0; good && i < value.length(); i++) {
      good = Character.digit(value.charAt(i), 16) >= 0 && value.charAt(i) < 128;
    }
    if (!good) {
      throw new BadCallException(
          "slot_hash_id: " + Failure.shorten(value, SHOWN) + ", expected hex digits in pairs");
    }
  }

  private FieldRules() {}
}
