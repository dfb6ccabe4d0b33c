package io.busbar.runners;

import io.busbar.failure.Failure;
import java.util.Locale;

/**
 * Where a runner listens. The host is kept in lower case, so that one runner has one spelling.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record RunnerAddress(String host, int port) implements Comparable<RunnerAddress> {
  static final int MAX_HOST = 253;
  private static final int MAX_PORT = 65_535;

  public RunnerAddress {
    host = host.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException saying what is wrong with the value
   */
  public static RunnerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw bad(text);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (host.indexOf(':') < 0) {
        throw bad(text);
      }
    } else if (host.indexOf(':') >= 0) {
      throw bad(text);
    }
    int port = port(text.substring(colon + 1));
    if (port < 1 || host.isEmpty() || host.length() > MAX_HOST || !plain(host)) {
      throw bad(text);
    }
    return new RunnerAddress(host, port);
  }

  private static int port(String digits) {
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int port = Integer.parseInt(digits);
    return port <= MAX_PORT ? port : -1;
  }

  private static boolean plain(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_'
              || c == ':'
              || c == '%';
      if (!ok) {
        return false;
      }
    }
    return true;
  }

  private static IllegalArgumentException bad(String text) {
    return new IllegalArgumentException(
        "'" + Failure.shorten(text, 80) + "', expected host:port, as runner-1:9190 or [::1]:9190");
  }

  @Override
  public int compareTo(RunnerAddress other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
