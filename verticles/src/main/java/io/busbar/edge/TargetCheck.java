package io.busbar.edge;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/**
 * Refuses request targets that two readers could read differently: no dot segments, no empty
 * segments, no encoded slash, dot or control character, no broken escape.
 */
public final class TargetCheck {
  private TargetCheck() {}

  /** Why the path cannot be served, null = it can. */
  public static Failure refuses(String path) {
    if (!path.startsWith("/")) {
      return invalid(path, "a path that starts with '/'");
    }
    int segment = 1;
    for (int i = 1; i <= path.length(); i++) {
      if (i < path.length() && path.charAt(i) != '/') {
        if (path.charAt(i) == '%') {
          Failure escape = escape(path, i);
          if (escape != null) {
            return escape;
          }
        } else if (path.charAt(i) <= ' ' || path.charAt(i) >= 0x7f || path.charAt(i) == '\\') {
          return invalid(path, "no blanks, controls or backslashes");
        }
        continue;
      }
      String name = path.substring(segment, i);
      boolean last = i == path.length();
      if (name.equals(".") || name.equals("..") || (name.isEmpty() && !(last && i == 1))) {
        return invalid(path, "no empty and no dot segments");
      }
      segment = i + 1;
    }
    return null;
  }

  private static Failure escape(String path, int at) {
    int high = at + 1 < path.length() ? Character.digit(path.charAt(at + 1), 16) : -1;
    int low = at + 2 < path.length() ? Character.digit(path.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      return invalid(path, "two hexadecimal digits after '%'");
    }
    int value = high * 16 + low;
    if (value < 0x20 || value == 0x7f || value == '/' || value == '\\' || value == '.') {
      return invalid(path, "no encoded slashes, dots or controls");
    }
    return null;
  }

  private static Failure invalid(String path, String expected) {
    return Failure.of(
        FailureCode.INVALID_REQUEST,
        "the path is '" + Failure.shorten(path, 80) + "', expected " + expected);
  }
}
