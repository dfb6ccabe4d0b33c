package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After the end of a session each node announces which of the keys whose entries it holds are free
 * by that: it finds them in the index by host, and tells them some hundred at a time. A key that
 * got a new owner meanwhile is left out: its change was announced. Entries that come from another
 * node soon after are looked at again: that node may have looked when it had them no more. On lane
 * 0, one session at a time.
 */
final class FreedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(FreedKeys.class);

  /** Keys that are read at a time: fewer would mean a message per key in each partition. */
  private static final int READ_AT_ONCE = 5_000;

  /** How long after a session's end entries that come are looked at. */
  private static final long RECENT_MILLIS = 60_000;

  /** Sessions that are remembered so long. */
  private static final int MOST_RECENT = 256;

  /** Partitions come one after the other: looked at together. */
  private static final long GATHER_MILLIS = 500;

  private final OwnershipNode node;
  private final Lane lane;
  private final Announcer announcer;
  private final Map<Holder, Looked> waiting = new LinkedHashMap<>();
  private final Map<Holder, Long> recent = new LinkedHashMap<>();
  private final Set<Integer> arrived = new HashSet<>();
  private boolean running;
  private boolean closed;

  /**
   * What is still to be looked at for a session.
   *
   * @param all all its keys here; else those of the partitions
   */
  private record Looked(boolean all, Set<Integer> partitions) {
    static final Looked ALL = new Looked(true, Set.of());

    Looked and(Looked other) {
      Set<Integer> both = new HashSet<>(partitions);
      both.addAll(other.partitions);
      return all || other.all ? ALL : new Looked(false, both);
    }
  }

  FreedKeys(OwnershipNode node, Lane lane, Announcer announcer) {
    this.node = node;
    this.lane = lane;
    this.announcer = announcer;
  }

  void stop() {
    closed = true;
    waiting.clear();
    recent.clear();
    arrived.clear();
  }

  void ended(Holder session) {
    if (!closed) {
      recent.put(session, lane.now());
      if (recent.size() > MOST_RECENT) {
        recent.remove(recent.keySet().iterator().next());
      }
      look(session, Looked.ALL);
    }
  }

  /** Entries of a partition have come here from another node. */
  void arrived(int partition) {
    if (closed || recent.isEmpty()) {
      return;
    }
    if (arrived.isEmpty()) {
      lane.timer(GATHER_MILLIS, this::lookAtArrived);
    }
    arrived.add(partition);
  }

  private void lookAtArrived() {
    if (closed) {
      return;
    }
    recent.values().removeIf(since -> lane.now() - since > RECENT_MILLIS);
    Looked some = new Looked(false, Set.copyOf(arrived));
    arrived.clear();
    recent.keySet().forEach(session -> look(session, some));
  }

  private void look(Holder session, Looked more) {
    waiting.merge(session, more, Looked::and);
    next();
  }

  private void next() {
    Iterator<Map.Entry<Holder, Looked>> first = waiting.entrySet().iterator();
    if (running || closed || !first.hasNext()) {
      return;
    }
    running = true;
    Map.Entry<Holder, Looked> one = first.next();
    Holder session = one.getKey();
    Looked wanted = one.getValue();
    first.remove();
    node.onLane(node.store().keysHere(session.host()), lane)
        .compose(keys -> tell(session, chosen(keys, wanted).iterator()))
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

  private Collection<String> chosen(Set<String> keys, Looked wanted) {
    return wanted.all()
        ? keys
        : keys.stream()
            .filter(key -> wanted.partitions().contains(node.store().partition(key)))
            .toList();
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
