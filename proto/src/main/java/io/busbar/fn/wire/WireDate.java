package io.busbar.fn.wire;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Dates as Fn writes them: RFC 3339, exactly three fraction digits, UTC. */
public final class WireDate {
  private static final long DAY = 86_400_000L;
  private static final int LENGTH = 24;
  private static final String SHAPE = "dddd-dd-ddTdd:dd:dd.dddZ";

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
    if (text.length() == LENGTH && isOwnForm(text)) {
      return Math.max(0, ownForm(text));
    }
    try {
      return Math.max(0, OffsetDateTime.parse(text).toInstant().toEpochMilli());
    } catch (DateTimeParseException noDate) {
      return 0;
    }
  }

  /**
   * Whether it is surely a date of the form that {@link #of} writes. The last days of months are
   * left to the parser, as leap seconds are.
   */
  private static boolean isOwnForm(String text) {
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      char shape = SHAPE.charAt(i);
      if (shape == 'd' ? c < '0' || c > '9' : c != shape) {
        return false;
      }
    }
    int month = number(text, 5, 2);
    int day = number(text, 8, 2);
    return number(text, 0, 4) > 0
        && month >= 1
        && month <= 12
        && day >= 1
        && day <= 28
        && number(text, 11, 2) < 24
        && number(text, 14, 2) < 60
        && number(text, 17, 2) < 60;
  }

  private static long ownForm(String text) {
    long day =
        LocalDate.of(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2)).toEpochDay();
    return day * DAY
        + number(text, 11, 2) * 3_600_000L
        + number(text, 14, 2) * 60_000L
        + number(text, 17, 2) * 1000L
        + number(text, 20, 3);
  }

  private static int number(String text, int at, int digits) {
    int number = 0;
    for (int i = at; i < at + digits; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }

  private WireDate() {}
}
