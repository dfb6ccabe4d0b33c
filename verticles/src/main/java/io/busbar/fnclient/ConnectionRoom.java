package io.busbar.fnclient;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections to runners a node may have, on all its lanes together. Each is an open file,
 * and a node that has none left takes no clients either. Any thread.
 */
final class ConnectionRoom {
  private final int most;
  private final AtomicInteger taken = new AtomicInteger();

  ConnectionRoom(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  boolean full() {
    return taken.get() >= most;
  }

  /** Room for one more; to be given back once if true. */
  boolean take() {
    if (taken.incrementAndGet() <= most) {
      return true;
    }
    taken.decrementAndGet();
    return false;
  }

  void give() {
    taken.decrementAndGet();
  }
}
