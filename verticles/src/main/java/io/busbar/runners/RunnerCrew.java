package io.busbar.runners;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.fnclient.RunnerHandle;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runners that this node dials: attaches those it should, lets go of the others once their
 * calls have ended, watches over them together. On the first lane.
 */
final class RunnerCrew {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerCrew.class);
  private static final long OUTLIER_LOOK = 10_000;
  private static final long ATTACH_RETRY = 1000;

  private final Lane lane;
  private final Executor onLane;
  private final RunnerDialler dialler;
  private final RunnerMeters meters;
  private final ToIntFunction<RunnerKey> elsewhere;
  private final Function<String, PoolRunners> options;
  private final StatusRounds rounds;
  private final Map<RunnerKey, Held> held = new HashMap<>();
  private Lane.Timer outlierLook;
  private boolean stopped;

  private static final class Held {
    final DialledRunner runner;
    final PoolRunners options;
    Future<?> left;
    boolean wanted = true;
    Lane.Timer retry;

    Held(DialledRunner runner, PoolRunners options) {
      this.runner = runner;
      this.options = options;
    }
  }

  RunnerCrew(
      Lane lane,
      Executor onLane,
      RunnerDialler dialler,
      RunnerMeters meters,
      ToIntFunction<RunnerKey> elsewhere,
      Function<String, PoolRunners> options,
      RandomGenerator random) {
    this.lane = lane;
    this.onLane = onLane;
    this.dialler = dialler;
    this.meters = meters;
    this.elsewhere = elsewhere;
    this.options = options;
    this.rounds = new StatusRounds(lane, random);
  }

  /** Whether that runner is attached here, or about to be. */
  boolean holds(RunnerKey key) {
    return held.containsKey(key);
  }

  int size() {
    return held.size();
  }

  /** These runners are this node's, no others. */
  void only(Set<RunnerKey> mine) {
    for (Held one : List.copyOf(held.values())) {
      RunnerKey key = one.runner.key();
      boolean fits = one.options.dialsLike(options.apply(key.pool()));
      if (!mine.contains(key) || (!fits && one.wanted)) {
        leave(key, one);
      } else if (!one.wanted && fits) {
        stay(one);
      }
    }
  }

  /**
   * Dials a runner from now on.
   *
   * @param former what the node that dialled it before said of it, null = nothing
   */
  void add(RunnerKey key, FormerStanding former) {
    PoolRunners settings = options.apply(key.pool());
    DialledRunner runner =
        new DialledRunner(lane, onLane, key, settings, meters, () -> elsewhere.applyAsInt(key));
    if (former != null) {
      runner.takesOver(former);
    }
    Held one = new Held(runner, settings);
    held.put(key, one);
    runner.listen(() -> rounds.soon(runner), this::faultSeen);
    attach(key, one);
  }

  private void attach(RunnerKey key, Held one) {
    one.retry = null;
    dialler
        .attach(key, one.options, one.runner)
        .onComplete(
            attached -> {
              if (attached.succeeded()) {
                arrived(key, one, attached.result());
                return;
              }
              LOG.warn(
                  "Runner {} of pool {} is not attached: {}",
                  key.address(),
                  key.pool(),
                  Failure.of(attached.cause()).detail());
              if (one.wanted && !stopped) {
                one.retry = lane.timer(ATTACH_RETRY, () -> attach(key, one));
              } else {
                gone(key, one);
              }
            });
  }

  private void arrived(RunnerKey key, Held one, RunnerHandle handle) {
    one.runner.attached(handle);
    if (!one.wanted || stopped) {
      leaveNow(key, one);
      return;
    }
    rounds.add(one.runner, one.options.health());
    if (!one.runner.health().takes()) {
      rounds.soon(one.runner);
    }
  }

  private void leave(RunnerKey key, Held one) {
    if (!one.wanted) {
      return;
    }
    one.wanted = false;
    if (one.retry != null) {
      one.retry.cancel();
      gone(key, one);
    } else if (one.runner.handle() != null) {
      leaveNow(key, one);
    }
  }

  private void leaveNow(RunnerKey key, Held one) {
    rounds.remove(one.runner);
    Future<Void> left = one.runner.handle().drain();
    one.left = left;
    left.onComplete(
        drained -> {
          if (one.left == left && !one.wanted) {
            one.runner
                .handle()
                .close()
                .onComplete(
                    closed -> {
                      if (closed.failed()) {
                        LOG.warn("Runner {}: {}", key, closed.cause().getMessage());
                      }
                      gone(key, one);
                    });
          }
        });
  }

  private void stay(Held one) {
    one.wanted = true;
    one.left = null;
    if (one.runner.handle() != null) {
      one.runner
          .handle()
          .resume()
          .onFailure(cause -> LOG.warn("A runner does not resume: {}", cause.getMessage()));
      rounds.add(one.runner, one.options.health());
    }
  }

  private void gone(RunnerKey key, Held one) {
    one.runner.close();
    held.remove(key, one);
    released.accept(key);
  }

  private Consumer<RunnerKey> released = key -> {};

  /**
   * @param action told when a runner was let go: another object may attach it
   */
  void onReleased(Consumer<RunnerKey> action) {
    released = action;
  }

  /** Completes when no call runs on a runner of this node. */
  Future<Void> drain() {
    List<Future<?>> drains = new ArrayList<>();
    for (Held one : held.values()) {
      if (one.runner.handle() != null) {
        drains.add(one.runner.handle().drain());
      }
    }
    return Future.join(drains).mapEmpty();
  }

  Future<Void> stop() {
    stopped = true;
    rounds.stop();
    if (outlierLook != null) {
      outlierLook.cancel();
    }
    List<Future<?>> closes = new ArrayList<>();
    for (Held one : held.values()) {
      if (one.retry != null) {
        one.retry.cancel();
      }
      one.runner.close();
      if (one.runner.handle() != null) {
        closes.add(one.runner.handle().close());
      }
    }
    held.clear();
    return Future.join(closes).mapEmpty();
  }

  private void faultSeen() {
    if (outlierLook == null && !stopped) {
      outlierLook = lane.timer(OUTLIER_LOOK, this::lookForOutliers);
    }
  }

  /** Only after a fault, so that a good time costs nothing. */
  private void lookForOutliers() {
    outlierLook = null;
    Map<String, List<Outliers.Tally<DialledRunner>>> byPool = new HashMap<>();
    Map<String, Integer> out = new HashMap<>();
    for (Held one : held.values()) {
      String pool = one.runner.key().pool();
      byPool.computeIfAbsent(pool, p -> new ArrayList<>()).add(one.runner.tally());
      out.merge(pool, one.runner.health().takes() ? 0 : 1, Integer::sum);
    }
    byPool.forEach(
        (pool, tallies) -> {
          // Half of a pool goes on whatever happens.
          int most = tallies.size() / 2 - out.get(pool);
          for (Outliers.Tally<DialledRunner> worst : Outliers.among(tallies, most)) {
            worst
                .runner()
                .outlier(
                    "%d of %d calls failed, far more than on the others of its pool"
                        .formatted(worst.failed(), worst.calls()));
          }
        });
  }
}
