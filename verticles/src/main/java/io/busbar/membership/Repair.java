package io.busbar.membership;

import io.busbar.member.BusClusterManager;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks and mends the cluster's table of consumers, one check at a time per node: requests during
 * a check lead to exactly one more. Any thread.
 */
public final class Repair {
  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

  private final Supplier<Future<BusClusterManager.Findings>> check;
  private final Counter checks;
  private final Counter restored;
  private final Counter dropped;
  private final Counter failed;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * @param check one check of the table, which mends what it finds
   */
  public Repair(Supplier<Future<BusClusterManager.Findings>> check, MeterRegistry meters) {
    this.check = check;
    checks =
        Counter.builder("busbar.audit.checks")
            .description("Checks of the cluster's table of consumers")
            .register(meters);
    restored = finding(meters, "restored");
    dropped = finding(meters, "dropped");
    failed = finding(meters, "check_failed");
  }

  private static Counter finding(MeterRegistry meters, String kind) {
    return Counter.builder("busbar.audit.findings")
        .description("Own entries that were missing, entries of nodes that are gone, failed checks")
        .tag("kind", kind)
        .register(meters);
  }

  /** Asks for a check. */
  public void request() {
    if (!stopped && requests.getAndIncrement() == 0) {
      run();
    }
  }

  /** No further checks: the node leaves. */
  public void stop() {
    stopped = true;
  }

  private void run() {
    int seen = requests.get();
    checks.increment();
    check
        .get()
        .onComplete(
            done -> {
              if (done.succeeded()) {
                count(done.result());
              } else if (!stopped) {
                failed.increment();
                LOG.warn("check of the table of consumers failed", done.cause());
              }
              if (requests.addAndGet(-seen) > 0 && !stopped) {
                run();
              }
            });
  }

  private void count(BusClusterManager.Findings findings) {
    restored.increment(findings.restored());
    dropped.increment(findings.dropped());
    if (findings.restored() + findings.dropped() > 0) {
      LOG.warn(
          "table of consumers mended: {} own entries restored, {} of lost nodes dropped",
          findings.restored(),
          findings.dropped());
    }
  }
}
