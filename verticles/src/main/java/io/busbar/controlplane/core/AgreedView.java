package io.busbar.controlplane.core;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The peers that count for a majority: those admitted once and not removed since. Hosts without a
 * shared record of removals must keep counting the dead, or two halves would shrink their views
 * apart and each find itself a majority.
 */
public final class AgreedView {
  private final boolean keepDead;
  private final Set<HostName> members = new TreeSet<>();

  AgreedView(boolean keepDead) {
    this.keepDead = keepDead;
  }

  /** Counts the host from now on; also how a first view is given. */
  public void admit(HostName host) {
    members.add(host);
  }

  void forget(HostName host) {
    members.remove(host);
  }

  void died(HostName host) {
    if (!keepDead) {
      forget(host);
    }
  }

  /** Peers that count, this host not among them. */
  public int size() {
    return members.size();
  }

  /** Sorted. */
  public List<HostName> members() {
    return List.copyOf(members);
  }
}
