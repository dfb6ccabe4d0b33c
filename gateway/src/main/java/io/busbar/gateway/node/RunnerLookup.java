package io.busbar.gateway.node;

import io.busbar.runners.RunnerAddress;
import io.busbar.runners.RunnerResolver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.SrvRecord;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks the system's name service for runners. SRV records (RFC 2782) are runners at their target
 * and port; only those of the best priority count, and their weights do not. They are good for the
 * shortest of their times to live; of addresses the system's resolver does not tell it. On one
 * context.
 */
final class RunnerLookup implements RunnerResolver {
  private final Context context;
  private final DnsClientOptions options;
  private Future<DnsClient> client;

  /**
   * @param options which name server is asked for SRV records, without a host the system's
   */
  RunnerLookup(Context context, DnsClientOptions options) {
    this.context = context;
    this.options = options;
  }

  @Override
  public Future<Found> runners(RunnerAddress name) {
    return name.port() == 0 ? records(name.host()) : addresses(name);
  }

  private Future<Found> records(String name) {
    if (client == null || client.failed()) {
      // Making it reads the system's settings, which are files.
      client = context.executeBlocking(() -> context.owner().createDnsClient(options));
    }
    return client.compose(made -> made.resolveSRV(name)).map(RunnerLookup::best);
  }

  private static Found best(List<SrvRecord> records) {
    int priority = records.stream().mapToInt(SrvRecord::priority).min().orElse(0);
    long seconds = records.stream().mapToLong(SrvRecord::ttl).min().orElse(0);
    List<RunnerAddress> runners =
        records.stream()
            .filter(record -> record.priority() == priority)
            .filter(record -> !target(record).isEmpty())
            .map(record -> RunnerAddress.parse(target(record) + ":" + record.port()))
            .toList();
    return new Found(runners, TimeUnit.SECONDS.toMillis(seconds));
  }

  /** Without the dot at its end; empty = the root, which says that there is no such service. */
  private static String target(SrvRecord record) {
    String target = record.target() == null ? "" : record.target();
    return target.endsWith(".") ? target.substring(0, target.length() - 1) : target;
  }

  private Future<Found> addresses(RunnerAddress name) {
    Promise<Found> promise = Promise.promise();
    ((VertxInternal) context.owner())
        .nameResolver()
        .resolveAll(
            name.host(),
            found ->
                context.runOnContext(
                    v -> {
                      if (found.succeeded()) {
                        promise.complete(
                            new Found(at(found.result(), name.port()), Long.MAX_VALUE));
                      } else {
                        promise.fail(found.cause());
                      }
                    }));
    return promise.future();
  }

  private static List<RunnerAddress> at(List<InetSocketAddress> found, int port) {
    List<RunnerAddress> runners = new ArrayList<>();
    for (InetSocketAddress one : found) {
      runners.add(new RunnerAddress(one.getAddress().getHostAddress(), port));
    }
    return runners;
  }
}
