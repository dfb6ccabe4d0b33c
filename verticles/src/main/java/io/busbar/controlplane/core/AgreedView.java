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
  private long epoch = 1;

  AgreedView(boolean keepDead) {
    this.keepDead = keepDead;
  }

  /** Counts the host from now on; also how a first view is given. */
  public void admit(HostName host) {
    if (members.add(host)) {
      epoch++;
    }
  }

  void forget(HostName host) {
    if (members.remove(host)) {
      epoch++;
    }
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

  /** Grows by one with each change. */
  public long epoch() {
    return epoch;
  }
}
