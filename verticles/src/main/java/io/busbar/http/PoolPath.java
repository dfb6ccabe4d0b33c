package io.busbar.http;

import io.busbar.edge.Answer;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/** Reads the pool out of {@code /v1/pools/{pool}/calls} without splitting the whole target. */
final class PoolPath {
  static final int MAX_NAME = 128;
  private static final String PREFIX = "/v1/pools/";
  private static final String SUFFIX = "/calls";

  private PoolPath() {}

  /** The raw pool segment when the target is a call, else null. */
  static String segment(String target) {
    int start = Answer.pathStart(target);
    if (start < 0 || !target.startsWith(PREFIX, start)) {
      return null;
    }
    int query = target.indexOf('?', start);
    int end = query < 0 ? target.length() : query;
    int from = start + PREFIX.length();
    int to = end - SUFFIX.length();
    if (to < from || !target.startsWith(SUFFIX, to)) {
      return null;
    }
    int slash = target.indexOf('/', from);
    return slash == to ? target.substring(from, to) : null;
  }

  /** Why this is no name of a pool, null = it is one. */
  static Failure refuses(String pool) {
    if (pool.isEmpty()) {
      return invalid("is empty");
    }
    if (pool.length() > MAX_NAME) {
      return invalid("has " + pool.length() + " characters, expected at most " + MAX_NAME);
    }
    for (int i = 0; i < pool.length(); i++) {
      char c = pool.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || (i > 0 && (c == '-' || c == '_' || c == '.'));
      if (!plain) {
        return invalid(
            "'"
                + Failure.shorten(pool, 40)
                + "' has a bad character at "
                + i
                + ", expected letters, digits, '-', '_' and '.'");
      }
    }
    return null;
  }

  private static Failure invalid(String what) {
    return Failure.of(FailureCode.INVALID_REQUEST, "the pool in the path " + what);
  }
}
