package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership.HeldKey;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up what this node held when its half of the cluster went over to the other one: what the
 * others tell of lost keys at that moment may not reach it. Its own watchers are told of each key
 * that it lost, and before that to look again at all they know: what changed in the other half was
 * not told here. The keys are noted before anything of its half is given up, since its session may
 * be found ended as soon as it can see the others' records. On lane 0.
 */
final class AfterMerge {
  private static final Logger LOG = LoggerFactory.getLogger(AfterMerge.class);
  private static final int MOST_AT_ONCE = 1000;
  private static final long PAUSE_MILLIS = 1000;

  private final OwnershipNode node;
  private final Lane lane;
  private final Map<String, Lost> open = new HashMap<>();
  private Runnable listening = () -> {};
  private boolean looking;
  private boolean stopped;

  /** What is lost if another has it with a higher epoch. */
  private record Lost(Holder by, long epoch) {}

  AfterMerge(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  void start() {
    listening = node.store().onMerge(this::begins, this::ended);
  }

  void stop() {
    stopped = true;
    listening.run();
  }

  /** Any thread. */
  private void begins() {
    Holder own = node.session();
    List<HeldKey> held = node.held().all();
    if (own != null) {
      lane.context()
          .runOnContext(v -> held.forEach(key -> open.put(key.key(), new Lost(own, key.epoch()))));
    }
  }

  /** Any thread. */
  private void ended() {
    lane.context()
        .runOnContext(
            v -> {
              if (!stopped) {
                node.watchers().tell(List.of(OwnerChanges.uncertain(node.clock())));
                look();
              }
            });
  }

  private void look() {
    if (looking || stopped || open.isEmpty()) {
      return;
    }
    looking = true;
    Set<String> some = new HashSet<>();
    for (Iterator<String> keys = open.keySet().iterator();
        keys.hasNext() && some.size() < MOST_AT_ONCE; ) {
      some.add(keys.next());
    }
    Future<Map<String, OwnerRecord>> read = node.store().getAll(some);
    node.onLane(read, lane)
        .onComplete(
            done -> {
              looking = false;
              if (done.succeeded()) {
                some.forEach(key -> check(open.remove(key), done.result().get(key)));
                look();
              } else {
                LOG.info(
                    "what this node held is looked up again: {}",
                    Failure.of(done.cause()).detail());
                lane.timer(PAUSE_MILLIS, this::look);
              }
            });
  }

  private void check(Lost lost, OwnerRecord record) {
    if (record != null && record.epoch() > lost.epoch() && !record.isHeldBy(lost.by())) {
      node.watchers()
          .tell(
              List.of(
                  new OwnerChange(
                      OwnerChange.Kind.SUPERSEDED,
                      record.key(),
                      record,
                      lost.by(),
                      lost.epoch(),
                      node.clock())));
    }
  }
}
