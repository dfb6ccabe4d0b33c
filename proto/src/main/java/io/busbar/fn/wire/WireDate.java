package io.busbar.fn.wire;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Dates as Fn writes them: RFC 3339, exactly three fraction digits, UTC. */
public final class WireDate {
  private static final long DAY = 86_400_000L;
  private static final int LENGTH = 24;

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
    byte[] text = new byte[LENGTH];
    two(text, 0, year / 100 % 100);
    two(text, 2, year % 100);
    text[4] = '-';
    two(text, 5, month);
    text[7] = '-';
    two(text, 8, day);
    text[10] = 'T';
    two(text, 11, rest / 3_600_000);
    text[13] = ':';
    two(text, 14, rest / 60_000 % 60);
    text[16] = ':';
    two(text, 17, rest / 1000 % 60);
    text[19] = '.';
    int fraction = rest % 1000;
    text[20] = (byte) ('0' + fraction / 100);
    two(text, 21, fraction % 100);
    text[23] = 'Z';
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static void two(byte[] text, int at, int value) {
    text[at] = (byte) ('0' + value / 10);
    text[at + 1] = (byte) ('0' + value % 10);
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
