package io.busbar.fnclient;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.net.ClientSSLOptions;

/**
 * A runner to dial.
 *
 * @param pool whose calls it takes
 * @param name of the runner, unique on the node; the worker's id is {@code name@node}
 * @param host name or address
 * @param port TCP port
 * @param serverName that a certificate must show, and that is sent as authority; of a runner found
 *     by a name with several addresses that name, else the host
 * @param tls how to verify it and which certificate to show; null = clear text
 */
public record RunnerTarget(
    String pool, String name, String host, int port, String serverName, ClientSSLOptions tls) {

  public RunnerTarget {
    if (host.isEmpty() || port < 1 || port > 65_535) {
      throw Failure.of(
              FailureCode.INVALID_REQUEST,
              "runner "
                  + Failure.shorten(host, 100)
                  + ":"
                  + port
                  + ", expected host:port with a port from 1 to 65535")
          .toException();
    }
  }

  /** A runner in clear text under the name {@code pool.host:port}. */
  public static RunnerTarget of(String pool, String host, int port) {
    return new RunnerTarget(pool, pool + "." + host + ":" + port, host, port, host, null);
  }

  public RunnerTarget withTls(ClientSSLOptions options) {
    return new RunnerTarget(pool, name, host, port, serverName, options);
  }

  /** As dialled, {@code host:port}. */
  public String address() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
