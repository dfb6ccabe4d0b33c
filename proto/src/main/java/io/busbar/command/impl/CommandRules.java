package io.busbar.command.impl;

import io.busbar.command.CommandRequest;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.regex.Pattern;

/** What a command may be. */
final class CommandRules {
  private static final Pattern TARGET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final long LONGEST_MILLIS = 24 * 3_600_000L;

  private CommandRules() {}

  /** Null = it is good. */
  static Failure refusesTarget(String target) {
    return TARGET.matcher(target).matches()
        ? null
        : Failure.of(
            FailureCode.INVALID_REQUEST,
            "target '"
                + Failure.shorten(target, 40)
                + "', expected letters, digits, dots, dashes and underscores, at most 128");
  }

  /** Null = it is good. */
  static Failure refuses(CommandRequest request) {
    Failure refused = refusesTarget(request.target());
    if (refused != null) {
      return refused;
    }
    String name = request.name();
    if (name.isEmpty() || name.length() > CommandRequest.MAX_TEXT) {
      return invalid("name '" + Failure.shorten(name, 40) + "', expected 1 to 200 characters");
    }
    if (request.key().length() > CommandRequest.MAX_TEXT) {
      return invalid(
          "idempotency key '"
              + Failure.shorten(request.key(), 40)
              + "', expected at most 200 characters");
    }
    if (request.params().length() > CommandRequest.MAX_BYTES) {
      return Failure.of(
          FailureCode.TOO_LARGE,
          "params have "
              + request.params().length()
              + " bytes, expected at most "
              + CommandRequest.MAX_BYTES);
    }
    long millis = request.timeout().toMillis();
    return millis >= 1 && millis <= LONGEST_MILLIS
        ? null
        : invalid("timeout " + millis + " ms, expected 1 ms to 24 h");
  }

  private static Failure invalid(String detail) {
    return Failure.of(FailureCode.INVALID_REQUEST, detail);
  }
}
