package io.busbar.runners;

import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What operators ordered at run time: this runner is in, that one is out, over what configuration
 * and name services say. Each node has a copy; of two orders for one runner the newer counts, so
 * copies that have seen the same orders are equal, in whatever order and however often they came.
 * Bounded: old orders to leave one out are forgotten first, then new orders are refused. Not
 * thread-safe.
 */
final class RunnerBook {
  /** Orders kept. */
  static final int MOST = 20_000;

  private final Map<RunnerKey, RunnerOrder> orders = new HashMap<>();
  private long newest;

  static RunnerName name(RunnerKey key) {
    return RunnerName.newBuilder().setPool(key.pool()).setAddress(key.address().toString()).build();
  }

  /** Throws IllegalArgumentException for an address that is none. */
  static RunnerKey key(RunnerName name) {
    return new RunnerKey(name.getPool(), RunnerAddress.parse(name.getAddress()));
  }

  /** The order for a runner; null = none. */
  RunnerOrder of(RunnerKey key) {
    return orders.get(key);
  }

  Collection<RunnerOrder> all() {
    return orders.values();
  }

  Collection<RunnerKey> keys() {
    return orders.keySet();
  }

  int size() {
    return orders.size();
  }

  /**
   * A new order of this node.
   *
   * @param wall milliseconds of the clock on the wall
   * @param node name of this node
   */
  RunnerOrder give(RunnerKey key, boolean present, long wall, String node) {
    if (!orders.containsKey(key) && orders.size() >= MOST && !forgetOldest()) {
      throw Failure.of(
              FailureCode.TOO_MANY_REQUESTS,
              "runners added at run time are " + orders.size() + ", expected at most " + MOST)
          .withRetrySafe(false)
          .toException();
    }
    RunnerOrder order =
        RunnerOrder.newBuilder()
            .setRunner(name(key))
            .setPresent(present)
            .setStamp(Math.max(wall, newest + 1))
            .setNode(node)
            .build();
    take(key, order);
    return order;
  }

  /** Takes another node's order in; true if it is news. */
  boolean take(RunnerKey key, RunnerOrder order) {
    RunnerOrder known = orders.get(key);
    if (known != null && compare(known, order) >= 0) {
      return false;
    }
    if (known == null && orders.size() >= MOST && !forgetOldest()) {
      return false;
    }
    orders.put(key, order);
    newest = Math.max(newest, order.getStamp());
    return true;
  }

  private static int compare(RunnerOrder a, RunnerOrder b) {
    int byStamp = Long.compareUnsigned(a.getStamp(), b.getStamp());
    if (byStamp != 0) {
      return byStamp;
    }
    int byNode = a.getNode().compareTo(b.getNode());
    return byNode != 0 ? byNode : Boolean.compare(a.getPresent(), b.getPresent());
  }

  private boolean forgetOldest() {
    List<Map.Entry<RunnerKey, RunnerOrder>> out = new ArrayList<>();
    for (Map.Entry<RunnerKey, RunnerOrder> entry : orders.entrySet()) {
      if (!entry.getValue().getPresent()) {
        out.add(entry);
      }
    }
    out.sort(Comparator.comparingLong(entry -> entry.getValue().getStamp()));
    int some = (out.size() + 1) / 2;
    for (Map.Entry<RunnerKey, RunnerOrder> entry : out.subList(0, some)) {
      orders.remove(entry.getKey());
    }
    return some > 0;
  }
}
