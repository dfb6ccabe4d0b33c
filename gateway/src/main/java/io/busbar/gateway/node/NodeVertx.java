package io.busbar.gateway.node;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastException;
import io.busbar.gateway.config.BusSettings;
import io.busbar.gateway.config.ClusterSettings;
import io.busbar.gateway.config.HostPort;
import io.busbar.gateway.config.NodeSettings;
import io.busbar.member.BusClusterManager;
import io.busbar.member.ClusterConfig;
import io.busbar.security.TlsFiles;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The clustered Vertx of a node.
 *
 * @param lanes event loops that carry lanes
 */
record NodeVertx(Vertx vertx, BusClusterManager manager, int lanes) {
  private static final long PING_MILLIS = 5000;
  private static final int CONNECT_TIMEOUT_MILLIS = 5000;
  private static final long WARN_BLOCKED_MILLIS = 500;

  /** Joins the cluster. Blocks; throws {@link StartFailure}. */
  static NodeVertx start(
      NodeSettings node,
      ClusterSettings cluster,
      BusSettings bus,
      UnaryOperator<Config> structures,
      MeterRegistry meters) {
    checkPort(cluster);
    int loops = Runtime.getRuntime().availableProcessors();
    int lanes = node.lanes() == 0 ? loops : node.lanes();
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(Math.max(lanes, loops))
            .setPreferNativeTransport(true)
            .setMaxEventLoopExecuteTime(WARN_BLOCKED_MILLIS)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
            .setEventBusOptions(eventBus(cluster, bus))
            .setMetricsOptions(metrics());
    BusClusterManager.Clustered there =
        Await.result(
            BusClusterManager.build(
                Vertx.builder().with(options).withMetrics(new MicrometerMetricsFactory(meters)),
                hazelcast(node, cluster, structures)),
            failure -> failure(failure, cluster, bus));
    return new NodeVertx(there.vertx(), there.manager(), lanes);
  }

  private static Config hazelcast(
      NodeSettings node, ClusterSettings cluster, UnaryOperator<Config> structures) {
    try {
      return structures.apply(
          new ClusterConfig(
                  cluster.name(),
                  cluster.host(),
                  cluster.port(),
                  cluster.publicAddress().map(HostPort::toString).orElse(""),
                  cluster.join().stream().map(HostPort::toString).toList(),
                  false,
                  cluster.lostAfter().toMillis(),
                  cluster.size(),
                  node.name())
              .toHazelcast());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(e.getMessage(), e);
    }
  }

  /**
   * Hazelcast and Vert.x log pages about a port they do not get; one look beforehand says it in a
   * line. Whoever takes the port in between still gets the longer answer.
   */
  private static void checkPort(ClusterSettings cluster) {
    if (cluster.port() == 0) {
      return;
    }
    try (ServerSocket port = new ServerSocket()) {
      port.setReuseAddress(true);
      port.bind(new InetSocketAddress(cluster.host(), cluster.port()));
    } catch (IOException why) {
      throw StartFailure.listen(
          "cluster.host", cluster.host(), "cluster.port", cluster.port(), why);
    }
  }

  private static EventBusOptions eventBus(ClusterSettings cluster, BusSettings bus) {
    EventBusOptions options =
        new EventBusOptions()
            .setHost(bus.host())
            .setPort(bus.port())
            .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(cluster.lostAfter().toMillis());
    bus.publicHost().ifPresent(options::setClusterPublicHost);
    bus.publicPort().ifPresent(options::setClusterPublicPort);
    bus.tls().ifPresent(tls -> secure(options, tls));
    return options;
  }

  private static void secure(EventBusOptions options, TlsFiles tls) {
    options
        .setSsl(true)
        .setTrustAll(false)
        .setClientAuth(ClientAuth.REQUIRED)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .addCertPath(tls.cert().toString())
                .addKeyPath(tls.key().toString()))
        .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()));
  }

  /** Own meters cover ports and the bus with bounded labels; of Vert.x's, what they do not. */
  private static MicrometerMetricsOptions metrics() {
    return new MicrometerMetricsOptions()
        .setEnabled(true)
        .setLabels(EnumSet.of(Label.POOL_TYPE, Label.POOL_NAME))
        .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
        .addDisabledMetricsCategory(MetricsDomain.HTTP_SERVER)
        .addDisabledMetricsCategory(MetricsDomain.HTTP_CLIENT)
        .addDisabledMetricsCategory(MetricsDomain.NET_SERVER)
        .addDisabledMetricsCategory(MetricsDomain.NET_CLIENT)
        .addDisabledMetricsCategory(MetricsDomain.DATAGRAM_SOCKET);
  }

  private static StartFailure failure(Throwable why, ClusterSettings cluster, BusSettings bus) {
    boolean bind = false;
    boolean hazelcast = false;
    for (Throwable t = why; t != null; t = t.getCause()) {
      bind |=
          t instanceof BindException || String.valueOf(t.getMessage()).contains("already in use");
      hazelcast |= t instanceof HazelcastException;
    }
    if (bind && hazelcast) {
      return StartFailure.listen(
          "cluster.host", cluster.host(), "cluster.port", cluster.port(), why);
    }
    if (bind) {
      return StartFailure.listen("bus.host", bus.host(), "bus.port", bus.port(), why);
    }
    String message = String.valueOf(why.getMessage());
    return new StartFailure(
        "cluster.host, cluster.port: cannot join as "
            + cluster.host()
            + ":"
            + cluster.port()
            + ": "
            + message.lines().findFirst().orElse(why.getClass().getSimpleName()),
        why);
  }
}
