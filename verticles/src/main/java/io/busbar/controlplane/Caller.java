package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who calls, as far as that can be known: the first version's messages do not say it. */
final class Caller {
  /** Metadata with the caller's host; stock peers neither send nor read it. */
  static final String HOST_METADATA = "x-cp-host";

  private Caller() {}

  /** Null = unknown: several known hosts share the caller's address, or none has it. */
  static HostName of(GrpcServerRequest<?, ?> request, ControlPlaneNode node) {
    String says = request.headers().get(HOST_METADATA);
    if (says != null) {
      return HostName.parse(says).orElse(null);
    }
    SocketAddress remote = request.connection().remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    return address == null ? null : node.at(address);
  }

  /** Hosts that have an address of their own, by it. */
  static Map<String, HostName> byAddress(Collection<HostName> hosts) {
    Map<String, HostName> by = new HashMap<>();
    Set<String> shared = new HashSet<>();
    for (HostName host : hosts) {
      if (by.put(host.address(), host) != null) {
        shared.add(host.address());
      }
    }
    by.keySet().removeAll(shared);
    return by;
  }
}
