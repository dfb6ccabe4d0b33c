package io.busbar.gateway.node;

import io.busbar.gateway.config.HostPort;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a node can be reached, in the order of the READY line; "-" = off or not built yet. */
final class Ports {
  private static final String NONE = "-";

  private final Map<String, String> addresses = new LinkedHashMap<>();

  Ports() {
    for (String name :
        new String[] {
          "http", "runner", "control-plane", "falcon", "rpc", "management", "cluster", "bus"
        }) {
      addresses.put(name, NONE);
    }
  }

  void set(String name, String host, int port) {
    addresses.put(name, new HostPort(host, port).toString());
  }

  /** Those that are open. */
  Map<String, String> open() {
    Map<String, String> open = new LinkedHashMap<>(addresses);
    open.values().removeIf(NONE::equals);
    return Collections.unmodifiableMap(open);
  }

  /** The line that says: ports are open. */
  String readyLine(String node, int members) {
    StringBuilder line = new StringBuilder("READY node=").append(node);
    addresses.forEach((name, address) -> line.append(' ').append(name).append('=').append(address));
    return line.append(" members=").append(members).toString();
  }
}
