package io.busbar.gateway.config;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types of single values. */
final class Types {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(B|KiB|MiB|GiB|TiB)?");
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252})");
  private static final Pattern SERVICE =
      Pattern.compile("(?=.{1,253}$)_[A-Za-z0-9-]{1,62}(\\.[A-Za-z0-9_-]{1,63}){1,20}");
  private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
  private static final Pattern IPV6 =
      Pattern.compile("[0-9a-fA-F:.]{2,45}(%[A-Za-z0-9._-]{1,32})?");

  static final KeyType BOOL =
      scalar("bool", "", "true or false", Boolean.class, Types::bool, Object::toString);
  static final KeyType HOST =
      scalar("host", "", "a host name or an address", String.class, Types::host, Object::toString);
  static final KeyType PORT = integer("port", 0, 65_535, "a port, 0 to 65535 (0 = any free one)");
  static final KeyType HOST_PORT =
      scalar(
          "host:port", "", "host:port", HostPort.class, t -> hostPort(t, false), Object::toString);
  static final KeyType HOST_PORT_OR_SERVICE =
      scalar(
          "host:port",
          "",
          "host:port, or a name of SRV records such as _fn._tcp.example without a port",
          HostPort.class,
          t -> SERVICE.matcher(t).matches() ? new HostPort(t, 0) : hostPort(t, false),
          Object::toString);
  static final KeyType HOST_MAYBE_PORT =
      scalar(
          "host[:port]",
          "",
          "host or host:port",
          HostPort.class,
          t -> hostPort(t, true),
          Object::toString);
  static final KeyType FILE =
      scalar(
          "path", "", "a path of a file or directory", Path.class, Types::path, Object::toString);
  static final KeyType TEXT = text("string", "any text of 1 to 4096 characters", ".{1,4096}");

  private Types() {}

  private static KeyType scalar(
      String label,
      String unit,
      String expected,
      Class<?> javaType,
      java.util.function.Function<String, Object> parse,
      java.util.function.Function<Object, String> display) {
    return new ScalarType(label, unit, expected, javaType, parse, display);
  }

  static KeyType text(String label, String expected, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return scalar(
        label,
        "",
        expected,
        String.class,
        t -> compiled.matcher(t).matches() ? t : null,
        Object::toString);
  }

  static KeyType choice(String... values) {
    List<String> known = List.of(values);
    return scalar(
        "enum",
        "",
        "one of " + String.join(", ", known),
        String.class,
        t -> known.contains(t) ? t : null,
        Object::toString);
  }

  /** A whole number that fits an int. */
  static KeyType integer(int min, int max, String unit) {
    return new ScalarType(
        "int",
        unit,
        "a whole number, " + min + " to " + max,
        Integer.class,
        t -> whole(t, min, max),
        Object::toString);
  }

  private static KeyType integer(String label, int min, int max, String expected) {
    return scalar(label, "", expected, Integer.class, t -> whole(t, min, max), Object::toString);
  }

  private static Integer whole(String text, int min, int max) {
    if (!text.matches("-?[0-9]{1,10}")) {
      return null;
    }
    long value = Long.parseLong(text);
    return value >= min && value <= max ? (Integer) (int) value : null;
  }

  /** A time span within bounds, both written as in the file. */
  static KeyType duration(String min, String max) {
    Duration least = span(min);
    Duration most = span(max);
    return scalar(
        "duration",
        "ms s m h d",
        "a duration such as 500ms, 30s, 5m, between " + min + " and " + max,
        Duration.class,
        t -> {
          Duration value = span(t);
          boolean ok = value != null && value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
          return ok ? value : null;
        },
        v -> show((Duration) v));
  }

  /** Bytes within bounds, both written as in the file. */
  static KeyType size(String min, String max) {
    long least = bytes(min);
    long most = bytes(max);
    return scalar(
        "size",
        "B KiB MiB GiB",
        "a size such as 512B, 64KiB, 4MiB, between " + min + " and " + max,
        Long.class,
        t -> {
          Long value = bytes(t);
          return value != null && value >= least && value <= most ? value : null;
        },
        v -> showSize((Long) v));
  }

  private static Object bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> null;
    };
  }

  private static Duration span(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofSeconds(Math.min(number, 10_000_000L) * 86_400);
    };
  }

  private static String show(Duration value) {
    long ms = value.toMillis();
    if (ms == 0) {
      return "0";
    }
    if (ms % 1000 != 0) {
      return ms + "ms";
    }
    long s = ms / 1000;
    if (s % 3600 == 0) {
      return s / 3600 + "h";
    }
    return s % 60 == 0 ? s / 60 + "m" : s + "s";
  }

  private static Long bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    int shift =
        switch (matcher.group(2) == null ? "B" : matcher.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case "TiB" -> 40;
          default -> 0;
        };
    BigInteger value = new BigInteger(matcher.group(1)).shiftLeft(shift);
    return value.bitLength() < 64 ? (Long) value.longValue() : null;
  }

  private static String showSize(long value) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long number = value;
    while (number != 0 && number % 1024 == 0 && unit < units.length - 1) {
      number /= 1024;
      unit++;
    }
    return value == 0 ? "0" : number + units[unit];
  }

  private static String host(String text) {
    String host =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (host.indexOf(':') >= 0) {
      return IPV6.matcher(host).matches() ? host : null;
    }
    if (!host.equals(text) || !HOST_NAME.matcher(host).matches()) {
      return null;
    }
    if (!DIGITS_AND_DOTS.matcher(host).matches()) {
      return host;
    }
    Matcher four = IPV4.matcher(host);
    if (!four.matches()) {
      return null;
    }
    for (int i = 1; i <= 4; i++) {
      if (Integer.parseInt(four.group(i)) > 255) {
        return null;
      }
    }
    return host;
  }

  private static HostPort hostPort(String text, boolean portOptional) {
    int colon = text.lastIndexOf(':');
    boolean bareIpv6 = text.indexOf(':') != colon && !text.startsWith("[");
    if (colon < 0 || text.endsWith("]") || bareIpv6) {
      String host = portOptional ? host(text) : null;
      return host == null ? null : new HostPort(host, 0);
    }
    String host = host(text.substring(0, colon));
    Integer port = whole(text.substring(colon + 1), 1, 65_535);
    return host == null || port == null ? null : new HostPort(host, port);
  }

  private static Path path(String text) {
    if (text.isBlank() || text.length() > 4096) {
      return null;
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
