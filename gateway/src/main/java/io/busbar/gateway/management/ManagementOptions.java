package io.busbar.gateway.management;

import java.time.Duration;
import java.util.Objects;

/**
 * Where the management port listens and what it bears.
 *
 * @param port 0 = any free one
 * @param maxConnections open at once; more are closed as they come
 * @param maxHeader bytes of all headers of a request
 * @param maxBody bytes of a request's body, which is read and dropped; 0 = no limit
 * @param idle a connection silent for this long is closed
 */
public record ManagementOptions(
    String host, int port, int maxConnections, int maxHeader, long maxBody, Duration idle) {
  public ManagementOptions {
    Objects.requireNonNull(host, "management.host");
    Objects.requireNonNull(idle, "management.progress-timeout");
  }
}
