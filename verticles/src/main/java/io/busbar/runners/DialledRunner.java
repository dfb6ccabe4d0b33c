package io.busbar.runners;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.fnclient.RunnerHandle;
import io.busbar.fnclient.RunnerObserver;
import io.busbar.fnclient.RunnerOutcome;
import io.vertx.core.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One runner that this node dials: hears how its calls end, believes something of its health and
 * capacity, and sets its slots accordingly. What calls tell comes from any lane; everything else is
 * on the first lane. Successes of a runner without a blemish are only counted.
 */
final class DialledRunner implements RunnerObserver {
  private static final Logger LOG = LoggerFactory.getLogger(DialledRunner.class);

  /** Successes are looked at together after so many milliseconds. */
  private static final long FOLD = 100;

  /** While calls of the former owner still run. */
  private static final long HANDOVER_LOOK = 100;

  private static final int RAMP_STEPS = 10;

  private final Lane lane;
  private final Executor onLane;
  private final RunnerKey key;
  private final RunnerMeters.OfRunner meters;
  private final RunnerHealth health;
  private final CapacityLimit limit;
  private final IntSupplier elsewhere;
  private final boolean asked;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder fine = new LongAdder();
  private final AtomicBoolean folding = new AtomicBoolean();
  private volatile boolean calm = true;
  private final AtomicBoolean full = new AtomicBoolean();
  private volatile boolean pressed;
  private volatile int pressedAt;

  private Runnable outFault = () -> {};
  private Runnable faultSeen = () -> {};
  private RunnerStanding standing;
  private Lane.Timer wake;
  private long counted;
  private long tallied;
  private long faults;
  private int capacity;
  private boolean closed;

  /**
   * @param onLane runs on the first lane what another thread has to say
   * @param elsewhere calls that still run on nodes which dialled it before
   */
  DialledRunner(
      Lane lane,
      Executor onLane,
      RunnerKey key,
      PoolRunners options,
      RunnerMeters meters,
      IntSupplier elsewhere) {
    this.lane = lane;
    this.onLane = onLane;
    this.key = key;
    this.elsewhere = elsewhere;
    this.asked = options.health().statusInterval() > 0;
    this.health = new RunnerHealth(options.health(), lane.now());
    this.limit = new CapacityLimit(options.concurrency());
    this.capacity = options.concurrency();
    this.pressedAt = capacity;
    this.meters = meters.runner(key, inFlight::get, () -> pressedAt);
  }

  RunnerKey key() {
    return key;
  }

  RunnerHealth health() {
    return health;
  }

  RunnerHandle handle() {
    return standing == null ? null : standing.handle();
  }

  /**
   * @param out told when it was taken out of placement
   * @param fault told when something was its fault
   */
  void listen(Runnable out, Runnable fault) {
    outFault = out;
    faultSeen = fault;
  }

  /** Begins with what another node found out. Before it is attached. */
  void takesOver(FormerStanding former) {
    long now = lane.now();
    switch (former.state()) {
      case RunnerStanding.LIMITED -> limit.startAt(former.capacity(), now);
      case RunnerStanding.EJECTED -> health.outlier(former.reason(), now);
      case RunnerStanding.DRAINING -> health.drains(former.reason(), now);
      case RunnerStanding.RETURNING -> health.returns(former.error(), now);
      default -> LOG.trace("nothing to take over for {}", key);
    }
  }

  void attached(RunnerHandle to) {
    standing = new RunnerStanding(key, to, capacity);
    apply();
  }

  void close() {
    closed = true;
    cancelWake();
    meters.close();
  }

  // ---- from any lane -----------------------------------------------------------------------

  @Override
  public void callStarted() {
    if (inFlight.incrementAndGet() >= pressedAt) {
      if (!pressed) {
        pressed = true;
      }
      if (!calm && full.compareAndSet(false, true)) {
        onLane.execute(this::apply);
      }
    }
  }

  @Override
  public void callEnded(RunnerOutcome outcome) {
    int others = inFlight.decrementAndGet();
    meters.ended(outcome);
    switch (outcome.kind()) {
      case OK, USER_ERROR -> {
        fine.increment();
        if (!calm) {
          foldSoon();
        }
      }
      case BUSY -> onLane.execute(() -> busy(others));
      case PLATFORM_ERROR -> onLane.execute(this::fault);
      case PROTOCOL_VIOLATION -> onLane.execute(() -> lied(outcome.reason()));
      case NOT_PROCESSED, DROPPED, SILENT -> onLane.execute(() -> failed(outcome.reason()));
      case CANCELLED -> {}
    }
  }

  @Override
  public void dialFailed(String reason) {
    onLane.execute(() -> failed(reason));
  }

  @Override
  public void goingAway() {
    onLane.execute(
        () -> {
          if (health.takes()) {
            health.drains("it announced that it stops", lane.now());
            outFault.run();
            apply();
          }
        });
  }

  @Override
  public void ignored(Oddity what) {
    meters.pool().oddities.increment();
  }

  private void foldSoon() {
    if (folding.compareAndSet(false, true)) {
      onLane.execute(() -> lane.timer(FOLD, this::fold));
    }
  }

  // ---- on the first lane -------------------------------------------------------------------

  private void fold() {
    folding.set(false);
    long now = lane.now();
    long sum = fine.sum();
    int count = (int) Math.min(Integer.MAX_VALUE, sum - counted);
    counted = sum;
    if (count > 0 && !closed) {
      health.succeeded(now);
      limit.succeeded(count, pressed ? Math.max(capacity, inFlight.get()) : inFlight.get(), now);
      pressed = false;
      apply();
    }
  }

  private void busy(int others) {
    limit.busy(others, lane.now());
    apply();
  }

  private void fault() {
    faults++;
    faultSeen.run();
  }

  private void failed(String reason) {
    boolean took = health.takes();
    health.failed(reason, lane.now());
    fault();
    after(took);
  }

  private void lied(String reason) {
    boolean took = health.takes();
    health.lied(reason, lane.now());
    fault();
    after(took);
  }

  void outlier(String reason) {
    boolean took = health.takes();
    health.outlier(reason, lane.now());
    after(took);
  }

  private void after(boolean took) {
    if (took && !health.takes()) {
      meters.pool().ejections.increment();
      LOG.warn(
          "Runner {} of pool {} gets no calls for {} ms: {}",
          key.address(),
          key.pool(),
          health.outUntil() - lane.now(),
          health.lastError());
      outFault.run();
    }
    apply();
  }

  /** Asks it how it is; completes when its answer, or the lack of one, was taken in. */
  Future<Void> probe(long timeout) {
    return standing
        .handle()
        .status(timeout)
        .<Void>transform(
            answer -> {
              if (!closed) {
                if (answer.succeeded()) {
                  answered(answer.result());
                } else {
                  unanswered(Failure.of(answer.cause()));
                }
              }
              return Future.succeededFuture();
            });
  }

  private void answered(RunnerStatus status) {
    limit.active(status.getActive(), inFlight.get());
    if (status.getFailed()) {
      String why = status.getErrorStr().isEmpty() ? "no reason given" : status.getErrorStr();
      bad("its status is failed: " + Failure.shorten(why, 200));
    } else {
      good();
    }
  }

  private void unanswered(Failure failure) {
    if (failure.code() == FailureCode.NOT_IMPLEMENTED) {
      // The oldest runners have no Status; they are there.
      good();
    } else if (failure.code() == FailureCode.BUSY) {
      LOG.debug("Not asked: {}", failure.detail());
    } else if (failure.code() == FailureCode.WORKER_PROTOCOL) {
      meters.pool().status(false);
      lied(failure.detail());
    } else {
      bad(failure.detail());
    }
  }

  private void good() {
    meters.pool().status(true);
    boolean took = health.takes();
    health.probed(lane.now());
    if (!took && health.takes()) {
      LOG.info("Runner {} of pool {} gets calls again", key.address(), key.pool());
    }
    apply();
  }

  private void bad(String reason) {
    meters.pool().status(false);
    boolean took = health.takes();
    health.probeFailed(reason, lane.now());
    after(took);
  }

  /** How its calls ended since the last time this was asked. */
  Outliers.Tally<DialledRunner> tally() {
    long bad = faults;
    long good = fine.sum() - tallied;
    faults = 0;
    tallied += good;
    return new Outliers.Tally<>(this, good + bad, bad);
  }

  /** Calls it has now, from this node. */
  int running() {
    return inFlight.get();
  }

  /** What people are told. */
  private String state() {
    return switch (health.state()) {
      case READY -> limit.learned() ? RunnerStanding.LIMITED : RunnerStanding.READY;
      case EJECTED -> RunnerStanding.EJECTED;
      case DRAINING -> RunnerStanding.DRAINING;
      case RETURNING -> RunnerStanding.RETURNING;
    };
  }

  void apply() {
    if (standing == null || closed) {
      return;
    }
    long now = lane.now();
    health.tick(now);
    limit.looked(inFlight.get(), now);
    double share = health.share(now);
    int left = elsewhere.getAsInt();
    int most = (int) Math.max(1, Math.floor(limit.effective() * share)) - left;
    String reason = null;
    if (share == 0) {
      reason = health.lastError();
    } else if (most < 1) {
      reason = left + " calls still run on the node that dialled it before";
    }
    calm = health.state() == RunnerHealth.State.READY && !health.shaken() && !limit.learned();
    capacity = Math.max(1, most);
    pressedAt = capacity;
    standing.capacity(capacity);
    standing.unhealthy(reason);
    standing.describe(state(), health.lastError());
    wakeAt(nextLook(now, left));
  }

  private long nextLook(long now, int left) {
    if (left > 0) {
      return now + HANDOVER_LOOK;
    }
    return switch (health.state()) {
      case RETURNING -> now + Math.max(1, (health.rampedAt() - now) / RAMP_STEPS);
      // Its Status brings it back, unless it is never asked.
      case EJECTED, DRAINING -> asked ? Long.MAX_VALUE : Math.max(now + 1, health.outUntil());
      case READY -> full() && limit.learned() ? Math.max(now + 1, limit.looksAt()) : Long.MAX_VALUE;
    };
  }

  /** Whether all it may have runs; the next call that makes it so says it. */
  private boolean full() {
    full.set(false);
    if (inFlight.get() >= capacity) {
      full.set(true);
      return true;
    }
    return false;
  }

  private void wakeAt(long at) {
    cancelWake();
    if (at != Long.MAX_VALUE) {
      wake =
          lane.timer(
              at - lane.now(),
              () -> {
                wake = null;
                apply();
              });
    }
  }

  private void cancelWake() {
    if (wake != null) {
      wake.cancel();
      wake = null;
    }
  }
}
