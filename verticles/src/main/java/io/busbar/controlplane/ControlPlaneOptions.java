package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the control plane listens, whom it talks to, and what it takes.
 *
 * @param host to listen on
 * @param port 0 = any free one
 * @param advertise name that peers know this node by; empty = host and port
 * @param peers foreign hosts to talk to from the start
 * @param laterLine whether the later version line is served too
 * @param maxConnections open at once on this node
 * @param maxStreams requests open at once on one connection
 * @param maxHeaderBytes bytes of all headers of a request
 * @param idleTimeout a connection without requests is closed after this long
 * @param tls whether hosts prove who they are
 * @param tlsPort for mutual TLS, 0 = any free one; not opened while that is off
 * @param health whether gRPC's health service is served
 * @param reflection whether gRPC's server reflection is served
 * @param zone where the node is, told with its health; "" = not told
 * @param labels told with its health
 * @param rules what an operator decides about this node's place among the hosts
 */
public record ControlPlaneOptions(
    String host,
    int port,
    Optional<HostName> advertise,
    List<HostName> peers,
    boolean laterLine,
    int maxConnections,
    int maxStreams,
    int maxHeaderBytes,
    Duration idleTimeout,
    TlsMode tls,
    int tlsPort,
    boolean health,
    boolean reflection,
    String zone,
    Map<String, String> labels,
    HostRules rules) {

  /** Largest message in either direction, bytes; what gRPC's common stacks take by default. */
  public static final int MAX_MESSAGE = 4 << 20;

  /** Lists of owned keys are longer than other messages. */
  public static final int MAX_LIST = 64 << 20;

  public ControlPlaneOptions {
    peers = List.copyOf(peers);
    labels = Map.copyOf(labels);
  }

  /** The name of this node among the hosts, once it listens. */
  HostName self(int actualPort) {
    return advertise.orElseGet(
        () ->
            HostName.parse(host.contains(":") ? "[" + host + "]" : host)
                .map(name -> new HostName(name.address(), actualPort))
                .orElseGet(() -> new HostName("localhost", actualPort)));
  }
}
