package io.busbar.runners;

import io.busbar.fnclient.RunnerClientOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.util.List;

/**
 * The dialled runners of one pool as configured on this node.
 *
 * @param runners {@code pools.NAME.runners}
 * @param dns {@code pools.NAME.dns}: name whose addresses are runners, with port 0 the name of
 *     their SRV records, null = none
 * @param dnsInterval milliseconds between two look-ups
 * @param concurrency most calls at once on one runner
 * @param health when a runner is left alone
 * @param client how they are dialled
 * @param tls how they are verified, null = clear text
 */
public record PoolRunners(
    List<RunnerAddress> runners,
    RunnerAddress dns,
    long dnsInterval,
    int concurrency,
    HealthOptions health,
    RunnerClientOptions client,
    ClientSSLOptions tls) {
  /** Of a pool that is not configured, for runners added at run time. */
  public static final PoolRunners DEFAULTS =
      new PoolRunners(
          List.of(), null, 30_000, 100, HealthOptions.DEFAULTS, RunnerClientOptions.DEFAULTS, null);

  public PoolRunners {
    runners = List.copyOf(runners);
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency: " + concurrency + ", expected at least 1");
    }
    if (dnsInterval < 1) {
      throw new IllegalArgumentException(
          "dns-interval: " + dnsInterval + ", expected at least 1ms");
    }
  }

  public PoolRunners withRunners(List<RunnerAddress> addresses) {
    return new PoolRunners(addresses, dns, dnsInterval, concurrency, health, client, tls);
  }

  public PoolRunners withHealth(HealthOptions options) {
    return new PoolRunners(runners, dns, dnsInterval, concurrency, options, client, tls);
  }

  public PoolRunners withClient(RunnerClientOptions options) {
    return new PoolRunners(runners, dns, dnsInterval, concurrency, health, options, tls);
  }

  public PoolRunners withConcurrency(int calls) {
    return new PoolRunners(runners, dns, dnsInterval, calls, health, client, tls);
  }

  /** Whether a runner attached under the other settings must be attached anew. */
  boolean dialsLike(PoolRunners other) {
    return client.equals(other.client)
        && concurrency == other.concurrency
        && tls == other.tls
        && health.equals(other.health);
  }
}
