package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.impl.SessionView.Seen;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions that were not renewed for ttl + margin on this node's monotonic clock. What was
 * seen is read again before, and compared again in the session's entry. Whatever makes this node's
 * sight doubtful (its timer came late, the record took long to read) begins the time anew: an
 * observer that slept must not judge others by its sleep. On lane 0.
 */
final class SessionWatch {
  private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);

  private final OwnershipNode node;
  private final Lane lane;
  private final long margin;
  private Lane.Timer timer;
  private long due;
  private boolean closed;

  SessionWatch(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
    this.margin = node.options().marginMillis();
  }

  void stop() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Something was learned: the next deadline may have changed. */
  void plan() {
    if (closed) {
      return;
    }
    long next = Long.MAX_VALUE;
    for (Seen seen : node.sessions().all().values()) {
      next = Math.min(next, deadline(seen));
    }
    if (timer != null && next == due) {
      return;
    }
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    due = next;
    if (next < Long.MAX_VALUE) {
      timer = lane.timer(Math.max(1, next - lane.now()), this::look);
    }
  }

  private long deadline(Seen seen) {
    SessionRecord record = seen.record();
    if (record == null) {
      return seen.since() + node.options().ttlMillis() + margin;
    }
    return record.ended() || record.ttlMillis() == 0
        ? Long.MAX_VALUE
        : seen.since() + record.ttlMillis() + margin;
  }

  private void look() {
    timer = null;
    long now = lane.now();
    boolean late = now - due > Math.max(200, margin / 2);
    List<Map.Entry<Holder, Seen>> silent = new ArrayList<>();
    node.sessions()
        .all()
        .forEach(
            (holder, seen) -> {
              if (deadline(seen) <= now) {
                silent.add(Map.entry(holder, seen));
              }
            });
    for (Map.Entry<Holder, Seen> one : silent) {
      // Until the answer is there it is not asked again.
      node.sessions().observeAnew(one.getKey(), now);
      if (!late && node.refusesWrites() == null) {
        judge(one.getKey(), one.getValue(), now);
      }
    }
    plan();
  }

  private void judge(Holder holder, Seen seen, long asked) {
    node.onLane(node.store().session(holder), lane)
        .onSuccess(
            record -> {
              long renewals = record == null ? 0 : record.renewals();
              if (lane.now() - asked > margin) {
                node.sessions().observeAnew(holder, lane.now());
              } else if (record != null && (record.ended() || renewals != seen.renewals())) {
                node.learn(holder, record);
              } else if (record == null && seen.record() != null) {
                node.sessions().absent(holder, lane.now());
              } else {
                lapse(holder, renewals);
              }
              plan();
            })
        .onFailure(
            cause -> {
              LOG.debug("session {} cannot be read", holder, cause);
              node.sessions().observeAnew(holder, lane.now());
              plan();
            });
  }

  private void lapse(Holder holder, long renewals) {
    SessionRequest request =
        new SessionRequest.Lapse(node.clock(), renewals, "not renewed, seen by " + node.name());
    node.onLane(node.store().session(holder, request), lane)
        .onSuccess(record -> node.learn(holder, record))
        .onFailure(
            cause -> LOG.info("session {} is not ended: {}", holder, Failure.of(cause).detail()));
  }
}
