package io.busbar.runners;

import io.busbar.bus.v1.RunnerOrder;
import io.busbar.registry.Hashes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which node dials which runner: of the nodes that name it, the one with the highest hash of node
 * and runner. All nodes that know the same come to the same result, and a node that comes or goes
 * moves its own share only. A runner that an operator added is named by every node; one that was
 * taken out by none. Pure.
 */
final class RunnerOwners {
  private RunnerOwners() {}

  /**
   * A gateway node.
   *
   * @param takes whether it may dial: not draining
   * @param named runners in its configuration or found by its name service
   */
  record Sponsor(String nodeId, String name, boolean takes, Set<RunnerKey> named) {}

  /** The owner's node id for each runner that is in; "" when no node may dial it. */
  static Map<RunnerKey, String> of(Collection<Sponsor> sponsors, RunnerBook book) {
    Map<RunnerKey, Sponsor> best = new HashMap<>();
    Map<RunnerKey, String> owners = new HashMap<>();
    for (Sponsor sponsor : sponsors) {
      for (RunnerKey key : sponsor.named()) {
        RunnerOrder order = book.of(key);
        if (order == null) {
          consider(key, sponsor, best, owners);
        }
      }
    }
    for (RunnerKey key : List.copyOf(book.keys())) {
      if (book.of(key).getPresent()) {
        owners.put(key, "");
        for (Sponsor sponsor : sponsors) {
          consider(key, sponsor, best, owners);
        }
      }
    }
    return owners;
  }

  /** The same for one runner; null = it is not in. */
  static String of(RunnerKey key, Collection<Sponsor> sponsors, RunnerBook book) {
    RunnerOrder order = book.of(key);
    if (order != null && !order.getPresent()) {
      return null;
    }
    String owner = order == null ? null : "";
    Sponsor best = null;
    for (Sponsor sponsor : sponsors) {
      if (order != null || sponsor.named().contains(key)) {
        owner = owner == null ? "" : owner;
        if (sponsor.takes() && (best == null || beats(key, sponsor, best))) {
          best = sponsor;
          owner = sponsor.nodeId();
        }
      }
    }
    return owner;
  }

  private static void consider(
      RunnerKey key, Sponsor sponsor, Map<RunnerKey, Sponsor> best, Map<RunnerKey, String> owners) {
    if (!sponsor.takes()) {
      owners.putIfAbsent(key, "");
      return;
    }
    Sponsor before = best.get(key);
    if (before == null || beats(key, sponsor, before)) {
      best.put(key, sponsor);
      owners.put(key, sponsor.nodeId());
    }
  }

  private static boolean beats(RunnerKey key, Sponsor one, Sponsor other) {
    int byScore = Long.compareUnsigned(score(key, one), score(key, other));
    return byScore != 0 ? byScore > 0 : one.nodeId().compareTo(other.nodeId()) > 0;
  }

  private static long score(RunnerKey key, Sponsor sponsor) {
    return Hashes.of(sponsor.name() + " " + key.workerName());
  }
}
