package io.busbar;

import io.busbar.bus.BusOptions;
import io.busbar.member.ClusterConfig;
import io.busbar.plugin.host.HostOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * How an application joins the cluster.
 *
 * @param cluster name, own address, members to look for, node name
 * @param bus event-bus socket
 * @param limits of streams and memory
 * @param lanes event loops that calls run on, 1 to 64
 * @param trustedNetwork permits addresses that are not loopback without TLS on the bus
 * @param drainMillis how long {@link Busbar#drain()} waits for calls that run
 * @param host limits of the plugins
 * @param plugins configuration blocks, by the name of the plugin
 */
public record BusbarOptions(
    ClusterConfig cluster,
    BusSocket bus,
    BusOptions limits,
    int lanes,
    boolean trustedNetwork,
    long drainMillis,
    HostOptions host,
    JsonObject plugins) {

  private static final int CONNECT_TIMEOUT_MILLIS = 5000;
  private static final long PING_MILLIS = 5000;

  /**
   * The event-bus socket of this process.
   *
   * @param host interface
   * @param port 0 = any free one
   * @param publicHost what others use instead, "" = host
   * @param publicPort what others use instead, 0 = port
   * @param tls mutual TLS, null = clear text
   */
  public record BusSocket(String host, int port, String publicHost, int publicPort, BusTls tls) {}

  /**
   * PEM files of mutual TLS on the bus.
   *
   * @param cert certificate chain of this process
   * @param key its private key
   * @param ca authorities whose nodes may talk
   */
  public record BusTls(String cert, String key, String ca) {
    public BusTls {
      Objects.requireNonNull(cert, "bus.tls.cert");
      Objects.requireNonNull(key, "bus.tls.key");
      Objects.requireNonNull(ca, "bus.tls.ca");
    }
  }

  public BusbarOptions {
    if (lanes < 1 || lanes > 64) {
      throw new IllegalArgumentException("node.lanes: " + lanes + ", expected 1 to 64");
    }
    if (drainMillis < 0) {
      throw new IllegalArgumentException(
          "node.drain-timeout: " + drainMillis + "ms, expected 0 or more");
    }
    if (bus.tls() == null && !trustedNetwork) {
      mustBeLoopback("cluster.host", cluster.host());
      mustBeLoopback("bus.host", bus.host());
    }
  }

  /** On loopback, with any free ports; add {@link #withJoin}. */
  public static BusbarOptions of(String nodeName) {
    return new BusbarOptions(
        ClusterConfig.of(nodeName).withLite(true).withAddress("127.0.0.1", 0, ""),
        new BusSocket("127.0.0.1", 0, "", 0, null),
        BusOptions.DEFAULTS,
        1,
        false,
        30_000,
        HostOptions.DEFAULTS,
        new JsonObject());
  }

  /**
   * From a configuration like a node's file: blocks {@code node} (name, lanes, drain-timeout),
   * {@code cluster} (name, host, port, public-address, join, lost-after, trusted-network), {@code
   * bus} (host, port, public-host, public-port, tls, frame, stream-window, peer-window, memory,
   * probe) and {@code plugins} (a block per plugin). Durations such as {@code "30s"}, sizes such as
   * {@code "64KiB"}. Throws IllegalArgumentException naming key, value and expectation.
   */
  public static BusbarOptions fromJson(JsonObject config) {
    return new OptionsReader(config).read();
  }

  /** Members to look for, each {@code host:port}. */
  public BusbarOptions withJoin(String... members) {
    return withCluster(cluster.withJoin(java.util.List.of(members)));
  }

  public BusbarOptions withCluster(ClusterConfig value) {
    return new BusbarOptions(value, bus, limits, lanes, trustedNetwork, drainMillis, host, plugins);
  }

  public BusbarOptions withBus(BusSocket value) {
    return new BusbarOptions(
        cluster, value, limits, lanes, trustedNetwork, drainMillis, host, plugins);
  }

  public BusbarOptions withLanes(int value) {
    return new BusbarOptions(
        cluster, bus, limits, value, trustedNetwork, drainMillis, host, plugins);
  }

  public BusbarOptions withDrainTimeout(long millis) {
    return new BusbarOptions(cluster, bus, limits, lanes, trustedNetwork, millis, host, plugins);
  }

  public BusbarOptions withHost(HostOptions value) {
    return new BusbarOptions(
        cluster, bus, limits, lanes, trustedNetwork, drainMillis, value, plugins);
  }

  public BusbarOptions withPlugin(String name, JsonObject block) {
    return new BusbarOptions(
        cluster,
        bus,
        limits,
        lanes,
        trustedNetwork,
        drainMillis,
        host,
        plugins.copy().put(name, block));
  }

  EventBusOptions eventBus() {
    EventBusOptions options =
        new EventBusOptions()
            .setHost(bus.host())
            .setPort(bus.port())
            .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(cluster.lostAfterMillis());
    if (!bus.publicHost().isEmpty()) {
      options.setClusterPublicHost(bus.publicHost());
    }
    if (bus.publicPort() != 0) {
      options.setClusterPublicPort(bus.publicPort());
    }
    if (bus.tls() != null) {
      // The default trusts everybody.
      options
          .setSsl(true)
          .setTrustAll(false)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(
              new PemKeyCertOptions().addCertPath(bus.tls().cert()).addKeyPath(bus.tls().key()))
          .setTrustOptions(new PemTrustOptions().addCertPath(bus.tls().ca()));
    }
    return options;
  }

  private static void mustBeLoopback(String key, String host) {
    try {
      if (InetAddress.getByName(host).isLoopbackAddress()) {
        return;
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          key + ": '" + host + "' is not known, expected an address of this machine", e);
    }
    throw new IllegalArgumentException(
        key
            + ": '"
            + host
            + "' is open to the network; set bus.tls, or cluster.trusted-network: true if nobody"
            + " else can reach it");
  }
}
