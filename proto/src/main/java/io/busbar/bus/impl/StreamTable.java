package io.busbar.bus.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends of streams by call, attempt and direction. A call looks four of them up a dozen times and
 * most are gone a moment later, so the ends themselves are the entries: nothing is made for them.
 */
final class StreamTable<E extends StreamEnd> {
  private final LongObjectHashMap<E> heads = new LongObjectHashMap<>();
  private int size;

  static long key(long node, long seq, int attempt, Direction direction) {
    long mixed =
        (seq ^ Long.rotateLeft(node, 32)) * 0x9E3779B97F4A7C15L
            + attempt * 2L
            + direction.getNumber();
    return mixed ^ mixed >>> 29;
  }

  /** Null if there is none. */
  E get(Id id, int attempt, Direction direction) {
    return get(id.getNode(), id.getSeq(), attempt, direction);
  }

  /** Null if there is none. */
  E get(CallId id, int attempt, Direction direction) {
    return get(id.node(), id.seq(), attempt, direction);
  }

  private E get(long node, long seq, int attempt, Direction direction) {
    return in(heads.get(key(node, seq, attempt, direction)), node, seq, attempt, direction);
  }

  private E in(E head, long node, long seq, int attempt, Direction direction) {
    E end = head;
    while (end != null && !end.is(node, seq, attempt, direction)) {
      end = next(end);
    }
    return end;
  }

  /** False if such an end is there already. */
  boolean add(E end) {
    long node = end.id().node();
    long seq = end.id().seq();
    long key = key(node, seq, end.attempt(), end.direction());
    E head = heads.put(key, end);
    if (head != null && in(head, node, seq, end.attempt(), end.direction()) != null) {
      heads.put(key, head);
      return false;
    }
    end.key = key;
    end.sameKey = head;
    size++;
    return true;
  }

  /** Does nothing with an end that is not there. To be called before its attempt changes. */
  void remove(E end) {
    E head = heads.get(end.key);
    if (head == end) {
      if (end.sameKey == null) {
        heads.remove(end.key);
      } else {
        heads.put(end.key, next(end));
      }
      gone(end);
      return;
    }
    for (E before = head; before != null; before = next(before)) {
      if (before.sameKey == end) {
        before.sameKey = end.sameKey;
        gone(end);
        return;
      }
    }
  }

  private void gone(E end) {
    end.sameKey = null;
    size--;
  }

  int size() {
    return size;
  }

  /** A copy, for rare events: each of them may end while it is looked at. */
  List<E> all() {
    List<E> all = new ArrayList<>(size);
    for (E head : heads.values()) {
      for (E end = head; end != null; end = next(end)) {
        all.add(end);
      }
    }
    return all;
  }

  /** Only ends of this table are ever linked. */
  @SuppressWarnings("unchecked")
  private E next(E end) {
    return (E) end.sameKey;
  }
}
