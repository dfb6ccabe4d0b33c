package io.busbar.worker;

import io.busbar.bus.v1.Header;
import io.busbar.failure.Failure;

/**
 * What a header from a worker must look like: a name of RFC 9110 token characters, a value without
 * line breaks or other control characters, and a bounded total.
 */
public final class HeaderRules {
  public static final int MAX_COUNT = 200;
  public static final int MAX_BYTES = 64 << 10;

  private static final int SHOWN = 40;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private HeaderRules() {}

  /** What is wrong, null = nothing. */
  public static String fault(String name, String value) {
    if (name == null || name.isEmpty()) {
      return "a header without a name";
    }
    String shown = "header '" + printable(name) + "' ";
    for (int i = 0; i < name.length(); i++) {
      if (!isToken(name.charAt(i))) {
        return shown + "has a character at " + i + " that a header name may not have";
      }
    }
    if (value == null) {
      return shown + "has no value";
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return shown + "has a line break or control character at " + i + " of its value";
      }
    }
    return null;
  }

  public static int size(Header header) {
    return header.getName().length() + header.getValue().length();
  }

  private static boolean isToken(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_MARKS.indexOf(c) >= 0;
  }

  private static String printable(String name) {
    StringBuilder text = new StringBuilder();
    String cut = Failure.shorten(name, SHOWN);
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      text.append(c < ' ' || c == 0x7f ? '?' : c);
    }
    return text.toString();
  }
}
