package io.busbar.ownership.impl;

import io.busbar.member.Members;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** About how many records of keys the cluster has: those here, times the nodes. Thread-safe. */
final class KeyCount {
  private final Members members;
  private final LongSupplier here;
  private final LongAdder created = new LongAdder();
  private volatile long counted;

  KeyCount(Members members, LongSupplier here) {
    this.members = members;
    this.here = here;
  }

  void created() {
    created.increment();
  }

  /** Counts anew what is here. */
  void count() {
    created.reset();
    counted = here.getAsLong();
  }

  long about() {
    long nodes = members.nodes().stream().filter(node -> node.getGateway()).count();
    return (counted + created.sum()) * Math.max(1, nodes);
  }
}
