package io.busbar.runners;

import io.busbar.bus.Lane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runners behind the names in {@code pools.NAME.dns}, looked up again and again, sooner when an
 * answer is not good for so long. A look-up that fails or finds nothing changes nothing: a name
 * service that is down must not empty a pool. On the first lane.
 */
final class RunnerNames {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerNames.class);

  /** However short an answer is good for. */
  private static final long SHORTEST = 1000;

  private final Lane lane;
  private final RunnerResolver resolver;
  private final RunnerMeters meters;
  private final Runnable changed;
  private final Map<String, Name> names = new HashMap<>();

  /**
   * @param changed told when some name's addresses are others now
   */
  RunnerNames(Lane lane, RunnerResolver resolver, RunnerMeters meters, Runnable changed) {
    this.lane = lane;
    this.resolver = resolver;
    this.meters = meters;
    this.changed = changed;
  }

  private static final class Name {
    final RunnerAddress name;
    final long interval;
    Set<RunnerAddress> found = Set.of();
    boolean failing;
    Lane.Timer timer;

    Name(RunnerAddress name, long interval) {
      this.name = name;
      this.interval = interval;
    }
  }

  /** The names that count from now on, by pool. What is known of one that stays is kept. */
  void replace(Map<String, PoolRunners> pools) {
    names
        .entrySet()
        .removeIf(
            entry -> {
              PoolRunners now = pools.get(entry.getKey());
              boolean stays =
                  now != null
                      && entry.getValue().name.equals(now.dns())
                      && entry.getValue().interval == now.dnsInterval();
              if (!stays) {
                cancel(entry.getValue());
              }
              return !stays;
            });
    pools.forEach(
        (pool, options) -> {
          if (options.dns() != null && !names.containsKey(pool)) {
            Name name = new Name(options.dns(), options.dnsInterval());
            names.put(pool, name);
            look(pool, name);
          }
        });
  }

  /** Runners of a pool found by its name. */
  Set<RunnerAddress> of(String pool) {
    Name name = names.get(pool);
    return name == null ? Set.of() : name.found;
  }

  void stop() {
    names.values().forEach(RunnerNames::cancel);
    names.clear();
  }

  private static void cancel(Name name) {
    if (name.timer != null) {
      name.timer.cancel();
    }
  }

  private void look(String pool, Name name) {
    name.timer = null;
    resolver
        .runners(name.name)
        .onComplete(
            answer -> {
              if (names.get(pool) != name) {
                return;
              }
              boolean good = answer.succeeded() && !answer.result().runners().isEmpty();
              long next = name.interval;
              if (good) {
                name.failing = false;
                next = Math.min(next, Math.max(SHORTEST, answer.result().goodFor()));
                found(pool, name, answer.result().runners());
              } else {
                meters.pool(pool).namesFailed.increment();
                if (!name.failing) {
                  name.failing = true;
                  LOG.warn(
                      "Pool {}: {} has no address, its {} runners stay: {}",
                      pool,
                      name.name.host(),
                      name.found.size(),
                      answer.succeeded() ? "the answer is empty" : answer.cause().getMessage());
                }
              }
              name.timer = lane.timer(next, () -> look(pool, name));
            });
  }

  private void found(String pool, Name name, List<RunnerAddress> runners) {
    Set<RunnerAddress> now = new TreeSet<>(runners);
    if (!now.equals(name.found)) {
      LOG.info("Pool {}: {} is {}", pool, name.name.host(), now);
      name.found = Set.copyOf(now);
      changed.run();
    }
  }
}
