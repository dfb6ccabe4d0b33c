package io.busbar.bus.impl;

import io.busbar.bus.BusObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs handlers of the lane's users: what they throw is logged and counted, the lane lives. */
final class Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private final String lane;
  private final BusObserver observer;

  Guard(String lane, BusObserver observer) {
    this.lane = lane;
    this.observer = observer;
  }

  void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  void failed(RuntimeException cause) {
    observer.handlerFailed(cause);
    LOG.error("A handler on lane {} threw", lane, cause);
  }
}
