package io.busbar.plugin.host;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs what goes on in one plugin. Any thread. */
final class PluginWatch {
  private static final Logger log = LoggerFactory.getLogger(PluginWatch.class);
  private static final long STACK_EVERY_NANOS = 10_000_000_000L;
  private static final int STACK_DEPTH = 20;

  final LongAdder calls = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder threw = new LongAdder();
  final LongAdder stuck = new LongAdder();
  final AtomicLong stuckNow = new AtomicLong();
  final LongAdder replaced = new LongAdder();
  final AtomicLong instances = new AtomicLong();
  final LongAdder running = new LongAdder();

  private final String name;
  private final AtomicLong lastStack = new AtomicLong(System.nanoTime() - STACK_EVERY_NANOS);

  PluginWatch(String name) {
    this.name = name;
  }

  PluginStats stats() {
    return new PluginStats(
        calls.sum(),
        failed.sum(),
        threw.sum(),
        stuck.sum(),
        stuckNow.get(),
        replaced.sum(),
        instances.get(),
        Math.max(0, running.sum()));
  }

  /** One line per failure, a stack trace now and then. */
  void threw(String callId, Throwable cause) {
    threw.increment();
    long now = System.nanoTime();
    long last = lastStack.get();
    if (now - last >= STACK_EVERY_NANOS && lastStack.compareAndSet(last, now)) {
      log.warn("plugin {} failed call {}", name, callId, cause);
    } else {
      log.warn("plugin {} failed call {}: {}", name, callId, WorkerFailures.text(cause));
    }
  }

  void stuck(String callId, StackTraceElement[] stack) {
    stuck.increment();
    stuckNow.incrementAndGet();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(stack.length, STACK_DEPTH); i++) {
      text.append("\n\tat ").append(stack[i]);
    }
    log.warn(
        "plugin {} is stuck in call {}, which is over{}",
        name,
        callId,
        stack.length == 0 ? "; its thread is free" : text);
  }

  void returned(String callId) {
    stuckNow.decrementAndGet();
    log.info("plugin {} returned from call {} after all", name, callId);
  }

  void note(String what, Throwable cause) {
    log.warn("plugin {}: {}: {}", name, what, WorkerFailures.text(cause));
  }

  void note(String what) {
    log.warn("plugin {}: {}", name, what);
  }
}
