package io.busbar.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code cluster.*}.
 *
 * @param join members to look for, empty = alone
 * @param size 0 = automatic
 */
public record ClusterSettings(
    String name,
    String host,
    int port,
    Optional<HostPort> publicAddress,
    List<HostPort> join,
    Duration joinTimeout,
    int size,
    Duration lostAfter,
    boolean trustedNetwork) {
  static ClusterSettings of(Config c) {
    return new ClusterSettings(
        c.text("cluster.name"),
        c.text("cluster.host"),
        c.integer("cluster.port"),
        c.find("cluster.public-address", HostPort.class),
        c.list("cluster.join", HostPort.class),
        c.duration("cluster.join-timeout"),
        c.integer("cluster.size"),
        c.duration("cluster.lost-after"),
        c.flag("cluster.trusted-network"));
  }
}
