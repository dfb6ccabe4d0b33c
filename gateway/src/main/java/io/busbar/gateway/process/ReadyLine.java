package io.busbar.gateway.process;

import java.util.HashMap;
import java.util.Map;

/**
 * What a node said when its ports were open.
 *
 * @param values by name: node, http, runner, management, cluster, bus, members, …
 */
public record ReadyLine(Map<String, String> values) {
  private static final String START = "READY ";

  /** Null when the line is not a READY line. */
  public static ReadyLine parse(String line) {
    if (!line.startsWith(START)) {
      return null;
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : line.substring(START.length()).split(" ")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return new ReadyLine(values);
  }

  public String node() {
    return values.get("node");
  }

  public String host(String name) {
    String address = address(name);
    return address.substring(0, address.lastIndexOf(':'));
  }

  public int port(String name) {
    String address = address(name);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private String address(String name) {
    String address = values.get(name);
    if (address == null || address.equals("-")) {
      throw new IllegalStateException("node " + node() + " has no " + name + " port");
    }
    return address;
  }
}
