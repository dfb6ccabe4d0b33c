package io.busbar.controlplane.core;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Address of a host in the one form that all comparisons use: lower case, IPv6 in brackets and
 * shortened, the port only when it is not the protocol's own. Two texts that mean the same address
 * have the same form.
 */
public final class HostName implements Comparable<HostName> {
  /** The port a host without one means. */
  public static final int DEFAULT_PORT = 1337;

  /** Longest host on the wire, bytes. */
  public static final int MOST_BYTES = 253;

  private static final int MOST_OF_LABEL = 63;
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  private final String address;
  private final int port;

  /** Hosts are compared for each ping and each vote. */
  private final String form;

  /**
   * @param address name, IPv4, or IPv6 without brackets
   * @param port 1 to 65535
   */
  public HostName(String address, int port) {
    String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
    this.address = address;
    this.port = port;
    this.form = port == DEFAULT_PORT ? host : host + ":" + port;
  }

  /** Reads {@code host}, {@code host:port}, {@code [v6]}, {@code [v6]:port} or a bare IPv6. */
  public static Optional<HostName> parse(String text) {
    if (text == null || text.isEmpty() || text.length() > MOST_BYTES) {
      return Optional.empty();
    }
    if (text.charAt(0) == '[') {
      int end = text.indexOf(']');
      return end < 0
          ? Optional.empty()
          : six(text.substring(1, end)).flatMap(a -> withPort(a, text.substring(end + 1)));
    }
    int colon = text.indexOf(':');
    if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
      return six(text).map(a -> new HostName(a, DEFAULT_PORT));
    }
    String name = colon < 0 ? text : text.substring(0, colon);
    return name(name).flatMap(a -> withPort(a, colon < 0 ? "" : text.substring(colon)));
  }

  private static Optional<HostName> withPort(String address, String rest) {
    if (rest.isEmpty()) {
      return Optional.of(new HostName(address, DEFAULT_PORT));
    }
    String digits = rest.substring(1);
    if (rest.charAt(0) != ':' || !PORT.matcher(digits).matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(digits);
    return port < 1 || port > 65535 ? Optional.empty() : Optional.of(new HostName(address, port));
  }

  private static Optional<String> name(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    boolean good = isNumbers(name) ? NetUtil.isValidIpV4Address(name) : isName(name);
    return good ? Optional.of(name) : Optional.empty();
  }

  private static boolean isNumbers(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** Labels of letters, digits, - and _ between dots; none begins or ends with a -. */
  private static boolean isName(String name) {
    int label = 0;
    for (int i = 0; i <= name.length(); i++) {
      char c = i == name.length() ? '.' : name.charAt(i);
      if (c == '.') {
        boolean fits = i > label && i - label <= MOST_OF_LABEL;
        if (!fits || name.charAt(label) == '-' || name.charAt(i - 1) == '-') {
          return false;
        }
        label = i + 1;
      } else if (!isLetter(c)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> six(String text) {
    if (text.indexOf('%') >= 0 || !NetUtil.isValidIpV6Address(text)) {
      return Optional.empty();
    }
    try {
      byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
      return Optional.of(NetUtil.toAddressString(InetAddress.getByAddress(bytes)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  }

  /** Name, IPv4, or IPv6 without brackets. */
  public String address() {
    return address;
  }

  /** 1 to 65535. */
  public int port() {
    return port;
  }

  /** Whether it is an IP address and not a name. */
  public boolean isLiteral() {
    return address.indexOf(':') >= 0 || isNumbers(address);
  }

  @Override
  public int compareTo(HostName other) {
    return this == other ? 0 : form.compareTo(other.form);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof HostName host && form.equals(host.form));
  }

  @Override
  public int hashCode() {
    return form.hashCode();
  }

  /** The form that travels. */
  @Override
  public String toString() {
    return form;
  }
}
