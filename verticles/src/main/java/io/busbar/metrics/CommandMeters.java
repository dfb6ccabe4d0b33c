package io.busbar.metrics;

import io.busbar.command.CommandObserver;
import io.busbar.failure.FailureCode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of commands by outcome, {@code ok} or the failure's code; one object per node. */
public final class CommandMeters implements CommandObserver {
  private static final String OK = "ok";

  private final MeterRegistry registry;
  private final Map<String, Timer> sent = new ConcurrentHashMap<>();
  private final Map<String, Timer> handled = new ConcurrentHashMap<>();
  private final AtomicLong waiting = new AtomicLong();

  public CommandMeters(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("busbar.commands.waiting", waiting, AtomicLong::get)
        .description("Commands that wait for their handler on this node")
        .register(registry);
  }

  private Timer timer(String name, String code) {
    String outcome = code.equals(OK) ? OK : FailureCode.ofWireName(code).wireName();
    return Timer.builder(name).tag("outcome", outcome).register(registry);
  }

  @Override
  public void sent(String code, long millis) {
    sent.computeIfAbsent(code, c -> timer("busbar.commands.sent", c))
        .record(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handled(String code, long millis) {
    handled
        .computeIfAbsent(code, c -> timer("busbar.commands.handled", c))
        .record(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void waiting(int change) {
    waiting.addAndGet(change);
  }
}
