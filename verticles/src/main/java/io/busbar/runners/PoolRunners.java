package io.busbar.runners;

import io.busbar.fnclient.RunnerClientOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.util.List;

/**
 * The dialled runners of one pool as configured on this node.
 *
 * @param runners {@code pools.NAME.runners}
 * @param dns {@code pools.NAME.dns}: name whose addresses are runners, null = none
 * @param dnsInterval milliseconds between two look-ups
 * @param health when a runner is left alone
 * @param client how they are dialled; its concurrency is the most calls at once on one runner
 * @param tls how they are verified, null = clear text
 */
public record PoolRunners(
    List<RunnerAddress> runners,
    RunnerAddress dns,
    long dnsInterval,
    HealthOptions health,
    RunnerClientOptions client,
    ClientSSLOptions tls) {
  /** Of a pool that is not configured, for runners added at run time. */
  public static final PoolRunners DEFAULTS =
      new PoolRunners(
          List.of(), null, 30_000, HealthOptions.DEFAULTS, RunnerClientOptions.DEFAULTS, null);

  public PoolRunners {
    runners = List.copyOf(runners);
    if (dnsInterval < 1) {
      throw new IllegalArgumentException(
          "dns-interval: " + dnsInterval + ", expected at least 1ms");
    }
  }

  public PoolRunners withRunners(List<RunnerAddress> addresses) {
    return new PoolRunners(addresses, dns, dnsInterval, health, client, tls);
  }

  public PoolRunners withHealth(HealthOptions options) {
    return new PoolRunners(runners, dns, dnsInterval, options, client, tls);
  }

  public PoolRunners withClient(RunnerClientOptions options) {
    return new PoolRunners(runners, dns, dnsInterval, health, options, tls);
  }

  /** Whether a runner attached under the other settings must be attached anew. */
  boolean dialsLike(PoolRunners other) {
    return client.equals(other.client) && tls == other.tls && health.equals(other.health);
  }
}
