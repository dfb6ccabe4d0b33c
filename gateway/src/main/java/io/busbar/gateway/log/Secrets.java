package io.busbar.gateway.log;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes secrets out of lines: the configured ones by value, and what stands after the usual names
 * of secrets. The last net, not the first: code must not log secrets. Immutable, thread-safe.
 */
final class Secrets {

  static final String MASK = "****";

  /** Shorter texts would be found in ordinary words. */
  private static final int SHORTEST = 6;

  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)(authorization|x-api-key|busbar-api-key|api[-_]?key|password|passwd|secret|token)"
              + "(\"?\\s{0,3}[:=]\\s{0,3}\"?)((?:bearer|basic)\\s{1,3})?[^\\s\",;}\\])]{1,4096}");

  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,16384}(-----END[^-]{0,40}-----)?");

  private final List<String> values;

  Secrets(Set<String> values) {
    this.values =
        values.stream()
            .filter(value -> value.length() >= SHORTEST)
            .sorted(Comparator.comparing(String::length).reversed())
            .toList();
  }

  String mask(String text) {
    String masked = text;
    for (String value : values) {
      masked = masked.replace(value, MASK);
    }
    if (masked.indexOf(':') >= 0 || masked.indexOf('=') >= 0) {
      masked = NAMED.matcher(masked).replaceAll("$1$2" + MASK);
    }
    return masked.contains("PRIVATE KEY") ? PEM.matcher(masked).replaceAll(MASK) : masked;
  }
}
