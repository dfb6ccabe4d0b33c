package io.busbar.ownership.impl;

import io.busbar.ownership.Holder;
import io.busbar.ownership.SessionInfo;
import io.busbar.ownership.rules.SessionRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The holder sessions as this node has heard of them. Thread-safe. */
final class SessionView {
  private final Map<Holder, Seen> seen = new ConcurrentHashMap<>();
  private final long marginMillis;
  private volatile Holder lastEnded;

  SessionView(long marginMillis) {
    this.marginMillis = marginMillis;
  }

  /**
   * @param record null = there is no record
   * @param since when it was first seen with these renewals, monotonic ms of this node
   */
  record Seen(SessionRecord record, long since) {
    long renewals() {
      return record == null ? 0 : record.renewals();
    }

    boolean isEnded() {
      return record != null && record.ended();
    }
  }

  /** Takes in a record; one that is older than what is known changes nothing. */
  void learn(Holder holder, SessionRecord record, long now) {
    seen.compute(
        holder,
        (h, known) -> {
          if (record.ended() && (known == null || !known.isEnded())) {
            lastEnded = h;
          }
          boolean older =
              known != null
                  && (known.isEnded()
                      || (!record.ended() && record.renewals() <= known.renewals()));
          return older ? known : new Seen(record, now);
        });
  }

  /** The record is gone, or there never was one: from now on that is observed. */
  void absent(Holder holder, long now) {
    seen.compute(
        holder,
        (h, known) ->
            known != null && (known.record() == null || known.isEnded())
                ? known
                : new Seen(null, now));
  }

  void forget(Holder holder) {
    seen.remove(holder);
  }

  /** What was seen before does not count: the time of observation begins anew. */
  void observeAnew(Holder holder, long now) {
    seen.computeIfPresent(holder, (h, known) -> new Seen(known.record(), now));
  }

  /** Null = never heard of. */
  Seen of(Holder holder) {
    return seen.get(holder);
  }

  boolean isEnded(Holder holder) {
    Seen known = seen.get(holder);
    return known != null && known.isEnded();
  }

  /**
   * The session whose end was heard of last; null = none. Most keys that can be taken from somebody
   * are its own, and whoever names it with the claim need not ask twice.
   */
  Holder lastEnded() {
    return lastEnded;
  }

  int size() {
    return seen.size();
  }

  Map<Holder, Seen> all() {
    return seen;
  }

  /** The open session of a host, the latest if there are several; null = none. */
  Holder open(String host) {
    return seen.entrySet().stream()
        .filter(e -> e.getKey().host().equals(host))
        .filter(e -> e.getValue().record() != null && !e.getValue().isEnded())
        .map(Map.Entry::getKey)
        .max(Comparator.comparingLong(Holder::incarnation))
        .orElse(null);
  }

  /** Open sessions of a host other than one. */
  List<Holder> others(Holder own) {
    return seen.entrySet().stream()
        .filter(e -> e.getKey().host().equals(own.host()) && !e.getKey().equals(own))
        .filter(e -> !e.getValue().isEnded())
        .map(Map.Entry::getKey)
        .toList();
  }

  List<SessionInfo> snapshot(long now) {
    List<SessionInfo> all = new ArrayList<>();
    for (Holder holder : seen.keySet()) {
      SessionInfo info = info(holder, now);
      if (info != null) {
        all.add(info);
      }
    }
    return all;
  }

  /** Null = there is no record, or it was never heard of. */
  SessionInfo info(Holder holder, long now) {
    Seen known = seen.get(holder);
    if (known == null || known.record() == null) {
      return null;
    }
    SessionRecord record = known.record();
    boolean lapses = !record.ended() && record.ttlMillis() > 0;
    long left = Math.max(0, known.since() + record.ttlMillis() + marginMillis - now);
    return new SessionInfo(
        holder,
        record.ended(),
        record.ttlMillis(),
        lapses ? left : -1,
        record.cause(),
        record.changed());
  }
}
