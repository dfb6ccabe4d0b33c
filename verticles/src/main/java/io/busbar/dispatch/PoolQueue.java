package io.busbar.dispatch;

import io.busbar.bus.CallId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Calls that wait for a slot of one pool on one node. Tenants take turns, one call each; a tenant's
 * own calls go by priority, then by age. Bounded: when it is full, a newcomer of a tenant that has
 * more than another's share waiting is refused, else it displaces the last call of the tenant with
 * most. So neither a crowd of calls nor high priorities of one tenant keep another one out.
 */
final class PoolQueue {
  private static final Comparator<Waiter> ORDER =
      Comparator.comparingInt(Waiter::priority)
          .reversed()
          .thenComparingLong(Waiter::since)
          .thenComparingLong(w -> w.id().node())
          .thenComparing(w -> w.id().seq(), Long::compareUnsigned);

  /**
   * A waiting call.
   *
   * @param lane where it entered
   * @param since when it entered
   * @param affinity hash of its affinity key, 0 = none
   */
  record Waiter(CallId id, int lane, String tenant, int priority, long since, long affinity) {}

  /** Tenants with waiting calls, the next one first. */
  private final LinkedHashMap<String, TreeSet<Waiter>> tenants = new LinkedHashMap<>();

  private final Map<CallId, Waiter> waiters = new HashMap<>();

  int size() {
    return waiters.size();
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  /**
   * Adds a call.
   *
   * @return null, or the waiter that has no place: the new one or one that it displaced
   */
  Waiter add(Waiter waiter, int limit) {
    if (waiters.containsKey(waiter.id())) {
      return null;
    }
    Waiter displaced = null;
    if (waiters.size() >= limit) {
      displaced = displacedBy(waiter);
      if (displaced.equals(waiter)) {
        return waiter;
      }
      remove(displaced.id());
    }
    waiters.put(waiter.id(), waiter);
    tenants.computeIfAbsent(waiter.tenant(), t -> new TreeSet<>(ORDER)).add(waiter);
    return displaced;
  }

  private Waiter displacedBy(Waiter newcomer) {
    TreeSet<Waiter> longest = null;
    for (TreeSet<Waiter> of : tenants.values()) {
      if (longest == null || of.size() > longest.size()) {
        longest = of;
      }
    }
    if (longest == null) {
      return newcomer;
    }
    TreeSet<Waiter> own = tenants.get(newcomer.tenant());
    int after = own == null ? 1 : own.size() + 1;
    if (after >= longest.size()) {
      // The newcomer's tenant has as much as any other; its own last call gives way, if later.
      Waiter last = own == null ? newcomer : own.last();
      return own != null && ORDER.compare(newcomer, last) < 0 ? last : newcomer;
    }
    return longest.last();
  }

  /** The call whose turn it is; null when none waits. */
  Waiter peek() {
    return tenants.isEmpty() ? null : tenants.values().iterator().next().first();
  }

  /** Takes the call whose turn it is; its tenant goes to the end of the row. */
  Waiter poll() {
    if (tenants.isEmpty()) {
      return null;
    }
    Map.Entry<String, TreeSet<Waiter>> next = tenants.entrySet().iterator().next();
    Waiter first = next.getValue().pollFirst();
    waiters.remove(first.id());
    tenants.remove(next.getKey());
    if (!next.getValue().isEmpty()) {
      tenants.put(next.getKey(), next.getValue());
    }
    return first;
  }

  /** Takes a call out; false if it does not wait here. */
  boolean remove(CallId id) {
    Waiter waiter = waiters.remove(id);
    if (waiter == null) {
      return false;
    }
    TreeSet<Waiter> of = tenants.get(waiter.tenant());
    of.remove(waiter);
    if (of.isEmpty()) {
      tenants.remove(waiter.tenant());
    }
    return true;
  }
}
