package io.busbar.gateway.node;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT: the first one runs an action, the next one ends the process at once. A
 * shutdown hook could not do that, since the JVM ignores signals while its hooks run. SIGHUP: runs
 * another action each time, one after the other.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final int SIGNAL_BASE = 128;

  private final AtomicInteger received = new AtomicInteger();
  private final Runnable first;

  private Signals(Runnable first) {
    this.first = first;
  }

  /**
   * Takes the signals over for the whole process.
   *
   * @param first run on a thread of its own at the first signal
   */
  static void take(Runnable first) {
    Signals signals = new Signals(first);
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        Signal.handle(new Signal(name), signals::handle);
      } catch (IllegalArgumentException e) {
        // -Xrs: the user wants the JVM to leave signals alone.
        LOG.warn("SIG{} cannot be taken over, it ends the process without draining", name);
      }
    }
  }

  /**
   * Takes SIGHUP over, where the system has it.
   *
   * @param action run on the thread of the signal, which is no event loop
   */
  static void onHangUp(Runnable action) {
    try {
      Signal.handle(new Signal("HUP"), signal -> action.run());
    } catch (IllegalArgumentException e) {
      LOG.debug("there is no SIGHUP here: {}", e.getMessage());
    }
  }

  private void handle(Signal signal) {
    if (received.incrementAndGet() == 1) {
      LOG.info("SIG{}: draining; another one stops at once", signal.getName());
      new Thread(first, "busbar-drain").start();
    } else {
      LOG.warn("SIG{} again: stopping at once", signal.getName());
      Runtime.getRuntime().halt(SIGNAL_BASE + signal.getNumber());
    }
  }
}
