package io.busbar.gateway.node;

import io.busbar.member.Members;
import io.busbar.membership.Reachability;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether this node should get traffic, and if not, why. The ports are open before; a load balancer
 * asks for this. Each method may be called from any thread.
 */
public final class Readiness {
  private final Members members;
  private final Supplier<List<String>> unheard;
  private final Reachability reachability;
  private final boolean mustFindOthers;
  private volatile boolean started;
  private volatile boolean foundOthers;
  private volatile boolean draining;
  private volatile String refused;

  /**
   * @param unheard members that joined but do not answer on the event bus, for people
   * @param mustFindOthers a join list was given: alone, this node is not what the user wanted
   */
  Readiness(
      Members members,
      Supplier<List<String>> unheard,
      Reachability reachability,
      boolean mustFindOthers) {
    this.members = members;
    this.unheard = unheard;
    this.reachability = reachability;
    this.mustFindOthers = mustFindOthers;
  }

  void started() {
    started = true;
  }

  void draining() {
    draining = true;
  }

  void refused(String reason) {
    refused = reason;
  }

  /** Why the node is not ready, one line each; empty = ready. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    if (!started) {
      reasons.add("starting");
    }
    if (draining) {
      reasons.add("draining");
    }
    if (refused != null) {
      reasons.add(refused);
    }
    if (mustFindOthers && !found()) {
      reasons.add(nobody(unheard.get()));
    }
    if (!reachability.connected()) {
      reasons.add("inboxes that do not answer: " + String.join(", ", reachability.unreachable()));
    }
    return reasons;
  }

  private static String nobody(List<String> unheard) {
    return unheard.isEmpty()
        ? "found no member of cluster.join yet"
        : "members of cluster.join that do not answer on the event bus: "
            + String.join(", ", unheard)
            + " (bus.host, bus.public-host and bus.tls.* must fit on both sides)";
  }

  boolean found() {
    if (!foundOthers && members.nodes().size() > 1) {
      foundOthers = true;
    }
    return foundOthers;
  }

  public boolean isReady() {
    return reasons().isEmpty();
  }

  /** Tells the other nodes when the answer changed. */
  void publish() {
    boolean ready = isReady();
    if (members.self().getReady() != ready || members.self().getDraining() != draining) {
      members.update(node -> node.toBuilder().setReady(ready).setDraining(draining).build());
    }
  }
}
