package io.busbar.gateway.node;

import io.busbar.fnclient.LinkOptions;
import io.busbar.fnclient.RunnerClientOptions;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.DialSettings;
import io.busbar.gateway.config.HostPort;
import io.busbar.gateway.config.PoolSettings;
import io.busbar.runners.HealthOptions;
import io.busbar.runners.PoolRunners;
import io.busbar.runners.RunnerAddress;
import io.busbar.security.ClientTlsFiles;
import io.busbar.security.TlsFileException;
import io.vertx.core.net.ClientSSLOptions;
import java.util.HashMap;
import java.util.Map;

/** The dialled runners of each pool, out of the node's configuration. */
final class RunnerPools {
  private RunnerPools() {}

  static Map<String, PoolRunners> of(Config config) {
    return of(config, Map.of());
  }

  /**
   * Reads certificate files: not on event loops.
   *
   * @param before what held until now; equal TLS settings stay the same object
   */
  static Map<String, PoolRunners> of(Config config, Map<String, PoolRunners> before) {
    Map<String, PoolRunners> pools = new HashMap<>();
    config.pools().forEach((name, pool) -> pools.put(name, pool(pool, before.get(name))));
    return pools;
  }

  private static PoolRunners pool(PoolSettings pool, PoolRunners before) {
    DialSettings dialled = pool.dialled();
    return new PoolRunners(
        pool.runners().stream().map(RunnerPools::address).toList(),
        pool.dns().map(RunnerPools::address).orElse(null),
        dialled.dnsInterval().toMillis(),
        pool.concurrency(),
        health(dialled.health()),
        client(pool, dialled.dial()),
        tls(pool.name(), dialled, before));
  }

  private static RunnerAddress address(HostPort at) {
    return new RunnerAddress(at.host(), at.port());
  }

  private static HealthOptions health(DialSettings.Health h) {
    return new HealthOptions(
        h.failures(),
        h.lies(),
        h.eject().toMillis(),
        h.maxEject().toMillis(),
        h.ramp().toMillis(),
        h.statusInterval().toMillis(),
        h.statusTimeout().toMillis());
  }

  private static RunnerClientOptions client(PoolSettings pool, DialSettings.Dial dial) {
    LinkOptions d = LinkOptions.DEFAULTS;
    LinkOptions link =
        new LinkOptions(
            dial.connections(),
            dial.connectTimeout().toMillis(),
            dial.backoff().toMillis(),
            dial.maxBackoff().toMillis(),
            dial.idle().toMillis(),
            dial.keepalive().toMillis(),
            dial.keepaliveTimeout().toMillis(),
            d.linger(),
            (int) dial.maxMessage(),
            d.headers(),
            d.headerCount(),
            d.streamWindow(),
            d.connectionWindow(),
            Math.max(d.unfinished(), dial.maxMessage()));
    return RunnerClientOptions.DEFAULTS
        .withConcurrency(pool.concurrency())
        .withHeadroom(pool.headroom().toMillis())
        .withFunction(pool.function())
        .withLink(link);
  }

  private static ClientSSLOptions tls(String pool, DialSettings dialled, PoolRunners before) {
    if (dialled.tls().isEmpty()) {
      return null;
    }
    DialSettings.ClientTls tls = dialled.tls().get();
    try {
      ClientSSLOptions read =
          new ClientTlsFiles(
                  tls.ca().orElse(null),
                  tls.cert().orElse(null),
                  tls.key().orElse(null),
                  tls.verifyHost())
              .read();
      boolean same = before != null && read.equals(before.tls());
      return same ? before.tls() : read;
    } catch (TlsFileException e) {
      throw new StartFailure("pools." + pool + ".tls: " + e.getMessage(), e);
    }
  }
}
