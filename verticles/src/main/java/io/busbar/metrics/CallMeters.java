package io.busbar.metrics;

import io.busbar.failure.FailureCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * Meters of calls, all labelled with the pool; one object per node, any thread.
 *
 * <ul>
 *   <li>{@code busbar.calls}: calls ended, by {@code outcome}: {@code ok} or the failure's code
 *   <li>{@code busbar.call.duration}: from submit to end
 *   <li>{@code busbar.calls.active}: calls under way
 *   <li>{@code busbar.queue.length}, {@code busbar.queue.wait}: calls that wait for a slot, how
 *       long those waited that got one
 *   <li>{@code busbar.offers}, {@code busbar.rejects}, {@code busbar.attempts.failed}: what it took
 *   <li>{@code busbar.attempts.busy}: attempts that a worker took and then had no room for
 *   <li>{@code busbar.placer}: from submit to the first slot; its count is the calls placed
 *   <li>{@code busbar.call.attempts}: offers per call
 *   <li>{@code busbar.call.bytes}: by {@code direction}, {@code request} or {@code response}
 * </ul>
 *
 * <p>At most {@link #MOST_POOLS} pools have labels of their own, all others share {@code _other}.
 */
public final class CallMeters {
  public static final int MOST_POOLS = 200;
  static final String OTHER = "_other";

  private final MeterRegistry registry;
  private final Map<String, PoolMeters> pools = new ConcurrentHashMap<>();
  private final AtomicInteger labels = new AtomicInteger();
  private final Latencies latencies = new Latencies();
  private final PoolMeters other;

  public CallMeters(MeterRegistry registry) {
    this.registry = registry;
    this.other = new PoolMeters(OTHER, () -> 0);
  }

  /**
   * Meters of a pool. Only for pools that are configured or have workers: names from outside must
   * not use up the labels.
   *
   * @param waiting length of the pool's queue on this node
   */
  public PoolMeters pool(String name, IntSupplier waiting) {
    PoolMeters known = pools.get(name);
    if (known != null) {
      return known;
    }
    if (labels.get() >= MOST_POOLS) {
      return other;
    }
    return pools.computeIfAbsent(
        name,
        pool -> labels.incrementAndGet() > MOST_POOLS ? other : new PoolMeters(pool, waiting));
  }

  /** How long the calls of all pools took. */
  public Latencies latencies() {
    return latencies;
  }

  /** Meters of everything that has no label of its own. */
  public PoolMeters other() {
    return other;
  }

  /** Meters of one pool. Cheap: every counter is looked up once. */
  public final class PoolMeters {
    private final String pool;
    private final Counter ok;
    private final Map<FailureCode, Counter> failed = new ConcurrentHashMap<>();
    private final Timer duration;
    private final Timer wait;
    private final Counter offers;
    private final Counter rejects;
    private final Counter attemptsFailed;
    private final Counter attemptsBusy;
    private final Timer placer;
    private final DistributionSummary attempts;
    private final Counter requestBytes;
    private final Counter responseBytes;
    private final LongAdder active = new LongAdder();

    private PoolMeters(String pool, IntSupplier waiting) {
      this.pool = pool;
      ok = calls("ok");
      duration = Timer.builder("busbar.call.duration").tag("pool", pool).register(registry);
      wait = Timer.builder("busbar.queue.wait").tag("pool", pool).register(registry);
      offers = counter("busbar.offers");
      rejects = counter("busbar.rejects");
      attemptsFailed = counter("busbar.attempts.failed");
      attemptsBusy = counter("busbar.attempts.busy");
      placer = Timer.builder("busbar.placer").tag("pool", pool).register(registry);
      attempts =
          DistributionSummary.builder("busbar.call.attempts").tag("pool", pool).register(registry);
      requestBytes = bytes("request");
      responseBytes = bytes("response");
      Gauge.builder("busbar.calls.active", active, LongAdder::sum)
          .tag("pool", pool)
          .register(registry);
      Gauge.builder("busbar.queue.length", waiting, IntSupplier::getAsInt)
          .tag("pool", pool)
          .strongReference(true)
          .register(registry);
    }

    private Counter calls(String outcome) {
      return Counter.builder("busbar.calls")
          .tag("pool", pool)
          .tag("outcome", outcome)
          .register(registry);
    }

    private Counter counter(String name) {
      return Counter.builder(name).tag("pool", pool).register(registry);
    }

    private Counter bytes(String direction) {
      return Counter.builder("busbar.call.bytes")
          .baseUnit("bytes")
          .tag("pool", pool)
          .tag("direction", direction)
          .register(registry);
    }

    public void entered() {
      active.increment();
    }

    /** A call that was refused before it entered. */
    public void refused(FailureCode code) {
      failed(code).increment();
    }

    public void offered() {
      offers.increment();
    }

    public void rejected() {
      rejects.increment();
    }

    public void attemptFailed() {
      attemptsFailed.increment();
    }

    public void busy() {
      attemptsBusy.increment();
    }

    /** A call got its first slot. */
    public void placed(long millis) {
      placer.record(millis, TimeUnit.MILLISECONDS);
    }

    /** So many offers were made for a call that ended. */
    public void attempts(int offers) {
      attempts.record(offers);
    }

    /** A call that had waited got a slot. */
    public void waited(long millis) {
      wait.record(millis, TimeUnit.MILLISECONDS);
    }

    /**
     * A call that {@link #entered} ended.
     *
     * @param failure null = success
     */
    public void ended(FailureCode failure, long millis, long sent, long received) {
      active.decrement();
      if (failure == null) {
        ok.increment();
      } else {
        failed(failure).increment();
      }
      duration.record(millis, TimeUnit.MILLISECONDS);
      latencies.record(millis);
      requestBytes.increment((double) sent);
      responseBytes.increment((double) received);
    }

    private Counter failed(FailureCode code) {
      Counter counter = failed.get(code);
      return counter != null
          ? counter
          : failed.computeIfAbsent(code, made -> calls(made.wireName()));
    }
  }
}
