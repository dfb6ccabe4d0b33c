package io.busbar.fn.wire;

import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Dates as Fn writes them: RFC 3339, exactly three fraction digits, UTC. */
public final class WireDate {
  private static final long DAY = 86_400_000L;

  /** From milliseconds since the epoch; empty for 0, which is "not known". */
  public static String of(long millis) {
    if (millis == 0) {
      return "";
    }
    long days = Math.floorDiv(millis, DAY);
    int rest = (int) Math.floorMod(millis, DAY);
    // Days to civil date in the proleptic Gregorian calendar, eras of 400 years.
    long shifted = days + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    int dayOfEra = (int) (shifted - era * 146_097);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int monthIndex = (5 * dayOfYear + 2) / 153;
    int day = dayOfYear - (153 * monthIndex + 2) / 5 + 1;
    int month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
    int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    StringBuilder text = new StringBuilder(24);
    digits(text, year, 4).append('-');
    digits(text, month, 2).append('-');
    digits(text, day, 2).append('T');
    digits(text, rest / 3_600_000, 2).append(':');
    digits(text, rest / 60_000 % 60, 2).append(':');
    digits(text, rest / 1000 % 60, 2).append('.');
    return digits(text, rest % 1000, 3).append('Z').toString();
  }

  private static StringBuilder digits(StringBuilder text, int value, int width) {
    int scale = width == 4 ? 1000 : width == 3 ? 100 : 10;
    for (int at = scale; at > 0; at /= 10) {
      text.append((char) ('0' + value / at % 10));
    }
    return text;
  }

  /**
   * To milliseconds since the epoch, of a date from outside: RFC 3339 with any fraction. 0 = it is
   * empty or no date.
   */
  public static long parse(String text) {
    if (text.length() < 20 || text.length() > 40) {
      return 0;
    }
    try {
      return Math.max(0, OffsetDateTime.parse(text).toInstant().toEpochMilli());
    } catch (DateTimeParseException noDate) {
      return 0;
    }
  }

  private WireDate() {}
}
