package io.busbar.runner;

import io.busbar.grpc.MessageBudget;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the runner front sides of one node share: its numbers. One object per node, handed to the
 * front side of each lane. Thread-safe.
 */
public final class RunnerNode {
  private final LongAdder active = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder received = new LongAdder();
  private final LongAdder handled = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder stalled = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final List<MessageBudget> budgets = new CopyOnWriteArrayList<>();

  /** Engage streams open now. */
  public int active() {
    // Read while it changes, its parts may not fit each other.
    return Math.max(0, active.intValue());
  }

  /** Engage streams ever. */
  public long received() {
    return received.sum();
  }

  /** Engage streams that ended, however they ended. */
  public long handled() {
    return handled.sum();
  }

  /** Calls, streams and connections refused because a limit was reached. */
  public long refused() {
    return refused.sum();
  }

  /** Streams ended because the client neither sent nor took what it owed. */
  public long stalled() {
    return stalled.sum();
  }

  /** Streams ended with a gRPC status that is not OK. */
  public long faults() {
    return faults.sum();
  }

  /** Connections open now. */
  public int connections() {
    return connections.get();
  }

  /** Bytes held in messages that have not arrived in full, all lanes. */
  public long partialBytes() {
    return budgets.stream().mapToLong(MessageBudget::used).sum();
  }

  /** Messages refused because their lane had no room for another unfinished one. */
  public long partialRefused() {
    return budgets.stream().mapToLong(MessageBudget::refused).sum();
  }

  void budget(MessageBudget ofLane) {
    budgets.add(ofLane);
  }

  void opened() {
    received.increment();
    active.increment();
  }

  void ended() {
    active.decrement();
    handled.increment();
  }

  void countRefused() {
    refused.increment();
  }

  void countStalled() {
    stalled.increment();
  }

  void countFault() {
    faults.increment();
  }

  boolean takeConnection(int most) {
    if (connections.incrementAndGet() <= most) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  void freeConnection() {
    connections.decrementAndGet();
  }
}
