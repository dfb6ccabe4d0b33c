package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership.HeldKey;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up what this node holds once its half of the cluster went over to the other one: what the
 * others tell of lost keys at that moment may not reach it. Its own watchers are told of each key
 * that it lost. On lane 0.
 */
final class AfterMerge {
  private static final Logger LOG = LoggerFactory.getLogger(AfterMerge.class);
  private static final int MOST_AT_ONCE = 1000;
  private static final long PAUSE_MILLIS = 1000;

  private final OwnershipNode node;
  private final Lane lane;
  private Runnable listening = () -> {};
  private boolean stopped;

  AfterMerge(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  void start() {
    listening = node.store().onMerged(() -> lane.context().runOnContext(v -> look()));
  }

  void stop() {
    stopped = true;
    listening.run();
  }

  private void look() {
    look(new ArrayDeque<>(node.held().all()));
  }

  private void look(Deque<HeldKey> open) {
    Map<String, Long> epochs = new HashMap<>();
    while (!open.isEmpty() && epochs.size() < MOST_AT_ONCE) {
      HeldKey held = open.poll();
      epochs.put(held.key(), held.epoch());
    }
    if (stopped || epochs.isEmpty()) {
      return;
    }
    Future<Map<String, OwnerRecord>> read = node.store().getAll(epochs.keySet());
    node.onLane(read, lane)
        .onSuccess(
            records -> {
              records.forEach((key, record) -> check(epochs.get(key), record));
              look(open);
            })
        .onFailure(
            cause -> {
              LOG.info("what this node holds is looked up again: {}", Failure.of(cause).detail());
              lane.timer(PAUSE_MILLIS, this::look);
            });
  }

  private void check(long epoch, OwnerRecord record) {
    Holder own = node.session();
    if (own != null && record.epoch() > epoch && !record.isHeldBy(own)) {
      node.watchers()
          .tell(
              List.of(
                  new OwnerChange(
                      OwnerChange.Kind.SUPERSEDED,
                      record.key(),
                      record,
                      own,
                      epoch,
                      node.clock())));
    }
  }
}
