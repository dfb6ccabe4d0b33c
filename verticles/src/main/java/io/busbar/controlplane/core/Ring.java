package io.busbar.controlplane.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * All hosts in an order by hash, the first after the last one. In a large cluster a host watches
 * only those that follow it closely, so that every host is watched by several and the pings of all
 * grow with their number, not with its square.
 */
final class Ring {
  /** Up to so many hosts everybody watches everybody. */
  static final int FEW = 20;

  /** Hosts that one watches in a larger cluster. */
  static final int SUCCESSORS = 10;

  private static final Comparator<HostName> ORDER =
      Comparator.<HostName>comparingInt(Ring::place).thenComparing(Comparator.naturalOrder());

  private Ring() {}

  /**
   * Whom the own authority watches: all, or those that follow one of its hosts.
   *
   * @param ours its hosts
   * @param others all hosts besides
   */
  static Set<HostName> watched(Collection<HostName> ours, Collection<HostName> others) {
    if (ours.size() + others.size() <= FEW) {
      return Set.copyOf(others);
    }
    List<HostName> ring = new ArrayList<>(others);
    ring.sort(ORDER);
    Set<HostName> watched = new TreeSet<>();
    for (HostName own : ours) {
      int first = 0;
      while (first < ring.size() && ORDER.compare(ring.get(first), own) < 0) {
        first++;
      }
      for (int i = 0; i < Math.min(SUCCESSORS, ring.size()); i++) {
        watched.add(ring.get((first + i) % ring.size()));
      }
    }
    return watched;
  }

  private static int place(HostName host) {
    int mixed = host.toString().hashCode() * 0x9E3779B1;
    mixed = (mixed ^ mixed >>> 15) * 0x85EBCA6B;
    return mixed ^ mixed >>> 13;
  }
}
