package io.busbar.ownership.impl;

import io.busbar.ownership.Ownership.HeldKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The keys that this node's session holds, as far as this node knows. Thread-safe. */
final class HeldKeys {
  private final Map<String, Long> epochs = new ConcurrentHashMap<>();

  void holds(String key, long epoch) {
    epochs.merge(key, epoch, Math::max);
  }

  void dropped(String key, long epoch) {
    epochs.computeIfPresent(key, (k, known) -> known <= epoch ? null : known);
  }

  void clear() {
    epochs.clear();
  }

  int size() {
    return epochs.size();
  }

  List<HeldKey> all() {
    List<HeldKey> all = new ArrayList<>(epochs.size());
    epochs.forEach((key, epoch) -> all.add(new HeldKey(key, epoch)));
    return all;
  }
}
