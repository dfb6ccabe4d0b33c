package io.busbar.ownership.impl;

import io.busbar.ownership.OutsideVote;
import io.busbar.ownership.OwnerAnswer;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who votes outside on the grants of a node, and what becomes of those voted on. Thread-safe. */
final class OutsidePolls {
  private final Map<Epoch, Future<OwnerAnswer>> open = new ConcurrentHashMap<>();
  private volatile OutsideVote voters = OutsideVote.NONE;

  /** One life of a key. */
  private record Epoch(String key, long epoch) {
    static Epoch of(OwnerAnswer answer) {
      return new Epoch(answer.record().key(), answer.epoch());
    }
  }

  void voters(OutsideVote asked) {
    voters = asked;
  }

  OutsideVote voters() {
    return voters;
  }

  void begin(OwnerAnswer granted, Future<OwnerAnswer> settled) {
    open.put(Epoch.of(granted), settled);
    settled.onComplete(done -> open.remove(Epoch.of(granted)));
  }

  /** What becomes of that grant; null = it is not voted on now. */
  Future<OwnerAnswer> of(OwnerAnswer held) {
    return open.get(Epoch.of(held));
  }
}
