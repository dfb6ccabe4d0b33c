package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After the end of a session each node announces which of the keys whose entries it holds are free
 * by that: it finds them in the index by host, and tells them some hundred at a time. A key that
 * got a new owner meanwhile is left out: its change was announced. On lane 0, one session at a
 * time.
 */
final class FreedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(FreedKeys.class);

  /** Keys that are read at a time: fewer would mean a message per key in each partition. */
  private static final int READ_AT_ONCE = 5_000;

  private final OwnershipNode node;
  private final Lane lane;
  private final Announcer announcer;
  private final Set<Holder> waiting = new LinkedHashSet<>();
  private boolean running;
  private boolean closed;

  FreedKeys(OwnershipNode node, Lane lane, Announcer announcer) {
    this.node = node;
    this.lane = lane;
    this.announcer = announcer;
  }

  void stop() {
    closed = true;
    waiting.clear();
  }

  void ended(Holder session) {
    if (!closed) {
      waiting.add(session);
      next();
    }
  }

  private void next() {
    Iterator<Holder> first = waiting.iterator();
    if (running || closed || !first.hasNext()) {
      return;
    }
    running = true;
    Holder session = first.next();
    first.remove();
    node.onLane(node.store().keysHere(session.host()), lane)
        .compose(keys -> tell(session, keys.iterator()))
        .onComplete(
            done -> {
              running = false;
              if (done.failed() && !closed) {
                Failure failure = Failure.of(done.cause());
                LOG.warn("keys of {} are not announced as free: {}", session, failure.detail());
                announcer.add(OwnerChanges.uncertain(node.clock()));
              }
              next();
            });
  }

  /** The next keys, then those after them. */
  private Future<Void> tell(Holder session, Iterator<String> keys) {
    Set<String> some = new HashSet<>();
    while (keys.hasNext() && some.size() < READ_AT_ONCE) {
      some.add(keys.next());
    }
    if (some.isEmpty() || closed) {
      return Future.succeededFuture();
    }
    return node.onLane(node.store().getAll(some), lane)
        .compose(records -> announce(session, records))
        .compose(told -> tell(session, keys));
  }

  private Future<?> announce(Holder session, Map<String, OwnerRecord> records) {
    List<Future<?>> told = new ArrayList<>();
    Map<String, Long> free = new LinkedHashMap<>();
    for (OwnerRecord record : records.values()) {
      if (record.isHeldBy(session)) {
        free.put(record.key(), record.epoch());
      }
      if (free.size() == ChangeFrames.MOST_KEYS) {
        told.add(announcer.freed(session, free));
        free = new LinkedHashMap<>();
      }
    }
    if (!free.isEmpty()) {
      told.add(announcer.freed(session, free));
    }
    return Future.all(told);
  }
}
