package io.busbar.gateway.bench;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;

/**
 * A process that is a member of a benchmark's cluster without being a node.
 *
 * @param vertx clustered; its event bus is plain, beside Busbar's use of it
 * @param busbar the membership
 */
record Joined(Vertx vertx, Busbar busbar) implements AutoCloseable {
  private static final long JOIN_SECONDS = 120;
  private static final long LOST_AFTER_MILLIS = 60_000;

  static BusbarOptions options(String name, String cluster, String join) {
    BusbarOptions options = BusbarOptions.of(name).withJoin(join);
    return options.withCluster(
        options.cluster().withName(cluster).withLostAfter(LOST_AFTER_MILLIS));
  }

  /** Blocks until a gateway node takes calls of this member. */
  static Joined join(String name, String cluster, String join) throws Exception {
    BusbarOptions options = options(name, cluster, join);
    Vertx vertx = Target.await(Busbar.clustered(options), JOIN_SECONDS);
    Busbar busbar = Target.await(Busbar.join(vertx, options), JOIN_SECONDS);
    Target.await(busbar.ready(), JOIN_SECONDS);
    return new Joined(vertx, busbar);
  }

  /** Pairs of {@code --name value}. */
  static Map<String, String> arguments(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    return given;
  }

  @Override
  public void close() throws Exception {
    Target.await(busbar.close(), JOIN_SECONDS);
    Target.await(vertx.close(), JOIN_SECONDS);
  }
}
