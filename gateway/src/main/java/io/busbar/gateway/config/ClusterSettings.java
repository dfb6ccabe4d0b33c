package io.busbar.gateway.config;

import io.busbar.member.ClusterConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code cluster.*}.
 *
 * @param join members to look for, empty = alone
 * @param size 0 = automatic
 * @param tieBreaker which half of an even split goes on
 */
public record ClusterSettings(
    String name,
    String host,
    int port,
    Optional<HostPort> publicAddress,
    List<HostPort> join,
    Duration joinTimeout,
    int size,
    String tieBreaker,
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
        c.text("cluster.tie-breaker"),
        c.duration("cluster.lost-after"),
        c.flag("cluster.trusted-network"));
  }

  /** Says in the member's own entry what it must have in common with the others. */
  public com.hazelcast.config.Config told(com.hazelcast.config.Config hazelcast) {
    hazelcast
        .getMemberAttributeConfig()
        .setAttribute(ClusterConfig.TIE_BREAKER_ATTRIBUTE, tieBreaker);
    return hazelcast;
  }
}
