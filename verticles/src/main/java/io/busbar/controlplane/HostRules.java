package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import java.time.Duration;
import java.util.Optional;

/**
 * What an operator decides about a node's place among the hosts.
 *
 * @param fencedExit a node that is fenced for this long ends itself; zero = it stays
 * @param lowestBreaksTies of two halves of the view the one with the lowest host counts as a
 *     majority; the same on every node, and at the hosts outside that vote
 * @param discovery name whose addresses are the foreign hosts that exist
 * @param discoveryInterval pause between two look-ups of it
 */
public record HostRules(
    Duration fencedExit,
    boolean lowestBreaksTies,
    Optional<HostName> discovery,
    Duration discoveryInterval) {
  /** A fenced node stays, ties are nobody's, hosts are those of the configuration. */
  public static final HostRules DEFAULTS =
      new HostRules(Duration.ZERO, false, Optional.empty(), Duration.ofSeconds(5));
}
