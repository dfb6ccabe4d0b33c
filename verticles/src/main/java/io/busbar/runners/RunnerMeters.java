package io.busbar.runners;

import io.busbar.fnclient.RunnerOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Meters of dialled runners; one object per node, any thread.
 *
 * <ul>
 *   <li>{@code busbar.runners.calls}: attempts ended, by {@code pool}, {@code runner}, {@code
 *       outcome}
 *   <li>{@code busbar.runners.active}, {@code busbar.runners.capacity}: by {@code pool}, {@code
 *       runner}
 *   <li>{@code busbar.runners.scheduling}, {@code busbar.runners.execution}: what runners measured
 *       themselves, by {@code pool}
 *   <li>{@code busbar.runners.ejections}, {@code busbar.runners.status}, {@code
 *       busbar.runners.oddities}, {@code busbar.runners.names.failed}: by {@code pool}
 * </ul>
 *
 * <p>At most {@value #MOST_RUNNERS} runners of a node have labels of their own, the others share
 * {@code _other}; likewise {@value #MOST_POOLS} pools.
 */
final class RunnerMeters {
  static final int MOST_RUNNERS = 200;
  static final int MOST_POOLS = 200;
  static final String OTHER = "_other";

  private final MeterRegistry registry;
  private final Map<String, OfPool> pools = new ConcurrentHashMap<>();
  private int labelled;

  RunnerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  OfPool pool(String name) {
    OfPool known = pools.get(name);
    if (known != null) {
      return known;
    }
    String label = pools.size() < MOST_POOLS ? name : OTHER;
    return pools.computeIfAbsent(label, OfPool::new);
  }

  /** On the first lane. */
  OfRunner runner(RunnerKey key, IntSupplier active, IntSupplier capacity) {
    OfPool pool = pool(key.pool());
    if (labelled >= MOST_RUNNERS) {
      return pool.others();
    }
    labelled++;
    OfRunner meters = new OfRunner(pool, key.address().toString(), true);
    meters.gauge("busbar.runners.active", active);
    meters.gauge("busbar.runners.capacity", capacity);
    return meters;
  }

  /** Meters of one pool's runners. */
  final class OfPool {
    private final String label;
    private final Timer scheduling;
    private final Timer execution;
    final Counter ejections;
    final Counter oddities;
    final Counter namesFailed;
    private final Counter statusGood;
    private final Counter statusBad;
    private OfRunner others;

    private OfPool(String label) {
      this.label = label;
      scheduling = Timer.builder("busbar.runners.scheduling").tag("pool", label).register(registry);
      execution = Timer.builder("busbar.runners.execution").tag("pool", label).register(registry);
      ejections = counter("busbar.runners.ejections", Tags.empty());
      oddities = counter("busbar.runners.oddities", Tags.empty());
      namesFailed = counter("busbar.runners.names.failed", Tags.empty());
      statusGood = counter("busbar.runners.status", Tags.of("outcome", "good"));
      statusBad = counter("busbar.runners.status", Tags.of("outcome", "bad"));
    }

    /** Shared by the runners without labels of their own. */
    private OfRunner others() {
      if (others == null) {
        others = new OfRunner(this, OTHER, false);
      }
      return others;
    }

    private Counter counter(String name, Tags more) {
      return Counter.builder(name).tag("pool", label).tags(more).register(registry);
    }

    void status(boolean good) {
      (good ? statusGood : statusBad).increment();
    }
  }

  /** Meters of one runner. */
  final class OfRunner {
    private final OfPool pool;
    private final String label;
    private final boolean own;
    private final List<Meter> gauges = new ArrayList<>();
    private final Map<RunnerOutcome.Kind, Counter> ended = new EnumMap<>(RunnerOutcome.Kind.class);

    private OfRunner(OfPool pool, String label, boolean own) {
      this.pool = pool;
      this.label = label;
      this.own = own;
      for (RunnerOutcome.Kind kind : RunnerOutcome.Kind.values()) {
        ended.put(
            kind,
            Counter.builder("busbar.runners.calls")
                .tag("pool", pool.label)
                .tag("runner", label)
                .tag("outcome", kind.name().toLowerCase(Locale.ROOT))
                .register(registry));
      }
    }

    private void gauge(String name, IntSupplier value) {
      gauges.add(
          Gauge.builder(name, value, IntSupplier::getAsInt)
              .tag("pool", pool.label)
              .tag("runner", label)
              .strongReference(true)
              .register(registry));
    }

    OfPool pool() {
      return pool;
    }

    void ended(RunnerOutcome outcome) {
      ended.get(outcome.kind()).increment();
      if (outcome.schedulerNanos() > 0) {
        pool.scheduling.record(outcome.schedulerNanos(), TimeUnit.NANOSECONDS);
      }
      if (outcome.executionNanos() > 0) {
        pool.execution.record(outcome.executionNanos(), TimeUnit.NANOSECONDS);
      }
    }

    /** The runner is not dialled any more: its labels are free. On the first lane. */
    void close() {
      if (own) {
        labelled--;
        gauges.forEach(registry::remove);
        ended.values().forEach(registry::remove);
      }
    }
  }
}
