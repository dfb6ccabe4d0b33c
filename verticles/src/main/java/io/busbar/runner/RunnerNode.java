package io.busbar.runner;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What the runner front sides of one node share: its numbers, and the port when it was left open.
 * One object per node, handed to the front side of each lane. Thread-safe.
 */
public final class RunnerNode {
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder received = new LongAdder();
  private final LongAdder handled = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder stalled = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final AtomicReference<Promise<Integer>> port = new AtomicReference<>();

  /** Engage streams open now. */
  public int active() {
    return active.get();
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

  void opened() {
    received.increment();
    active.incrementAndGet();
  }

  void ended() {
    active.decrementAndGet();
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

  /**
   * Port 0: the first lane to come binds any port, the others wait for it and bind the same.
   *
   * @param bind binds port 0 and tells which one it is
   * @return the port, and whether this caller has bound it already
   */
  Future<Bound> bindOnce(Supplier<Future<Integer>> bind) {
    Promise<Integer> mine = Promise.promise();
    if (port.compareAndSet(null, mine)) {
      bind.get().onComplete(mine);
      return mine.future().map(bound -> new Bound(bound, true));
    }
    return port.get().future().map(bound -> new Bound(bound, false));
  }

  /** A port that the lanes of a node share. */
  record Bound(int port, boolean byCaller) {}
}
