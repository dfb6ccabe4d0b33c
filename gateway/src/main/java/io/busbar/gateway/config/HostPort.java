package io.busbar.gateway.config;

/**
 * Where something listens.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 0 = not given
 */
public record HostPort(String host, int port) {
  @Override
  public String toString() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == 0 ? shown : shown + ":" + port;
  }
}
