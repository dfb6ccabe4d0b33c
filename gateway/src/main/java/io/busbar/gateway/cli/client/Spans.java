package io.busbar.gateway.cli.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Spans of time on the command line, like {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}. */
final class Spans {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,11})(ms|s|m|h)");
  private static final long MOST_MILLIS = 7L * 86_400_000;

  private Spans() {}

  /** The text as it is, if it is a span of at most 7 days. */
  static String checked(String text, String option, CommandLine command) {
    nanos(text, option, command);
    return text;
  }

  /** Nanoseconds. */
  static long nanos(String text, String option, CommandLine command) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      long unit =
          switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            default -> 3_600_000;
          };
      long number = Long.parseLong(matcher.group(1));
      if (number <= MOST_MILLIS / unit) {
        return number * unit * 1_000_000;
      }
    }
    throw new ParameterException(
        command,
        option + " is '" + text + "', expected a duration like 500ms, 30s or 5m, at most 7 days");
  }
}
