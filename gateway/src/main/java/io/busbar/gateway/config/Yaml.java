package io.busbar.gateway.config;

import java.util.regex.Pattern;

/** Writes single values so that the reader gives the same text back. */
final class Yaml {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./$*+][A-Za-z0-9_./$*+:@-]*");

  private Yaml() {}

  /** As it is where YAML allows, else in double quotes. */
  static String quote(String text) {
    if (PLAIN.matcher(text).matches()
        && !text.endsWith(":")
        && !text.startsWith("*")
        && !text.equals("null")) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f) {
        quoted.append(String.format("\\x%02x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
