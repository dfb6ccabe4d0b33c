package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.List;

/** Who calls, as far as that can be known: the first version's messages do not say it. */
final class Caller {
  /** Metadata with the caller's host; stock peers neither send nor read it. */
  static final String HOST_METADATA = "x-cp-host";

  private Caller() {}

  /** Null = unknown: several known hosts share the caller's address, or none has it. */
  static HostName of(GrpcServerRequest<?, ?> request, View view) {
    String says = request.headers().get(HOST_METADATA);
    if (says != null) {
      return HostName.parse(says).orElse(null);
    }
    SocketAddress remote = request.connection().remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    if (address == null) {
      return null;
    }
    List<HostName> there =
        view.foreign().keySet().stream().filter(host -> host.address().equals(address)).toList();
    return there.size() == 1 ? there.get(0) : null;
  }
}
