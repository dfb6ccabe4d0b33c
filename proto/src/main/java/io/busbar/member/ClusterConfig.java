package io.busbar.member;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import io.busbar.channel.ring.RingOperations;
import io.busbar.ownership.map.OwnerOperations;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;

/**
 * How a process joins the cluster: the part of a Hazelcast configuration that gateway nodes and
 * plugin teams' applications must agree on. Joins by explicit addresses only, listens on one named
 * interface, sends nothing home, and leaves shutting down to its owner.
 *
 * @param name cluster name; members with another name never join each other
 * @param host interface to listen on, a name or an address; {@code 0.0.0.0} is all of them
 * @param port to listen on, exactly this one; 0 = any free one
 * @param publicAddress what others use instead, {@code host[:port]}; "" = host and port themselves
 * @param join members to look for, each {@code host:port}; empty = a cluster of one that others may
 *     join
 * @param lite no data, no vote: for plugin teams' applications, which need a data member to join
 * @param lostAfterMillis silence after which a member counts as lost; Hazelcast counts whole
 *     seconds, so it is rounded up
 * @param clusterSize base of the majority, 0 = automatic; told to the others
 * @param nodeName told to the others
 */
public record ClusterConfig(
    String name,
    String host,
    int port,
    String publicAddress,
    List<String> join,
    boolean lite,
    long lostAfterMillis,
    int clusterSize,
    String nodeName) {

  /** Member attribute with the node's name. */
  public static final String NODE_NAME_ATTRIBUTE = "busbar.node-name";

  /** Member attribute with the configured cluster size. */
  public static final String CLUSTER_SIZE_ATTRIBUTE = "busbar.cluster-size";

  /** Member attribute: which half of an even split goes on; "lowest" = that of the lowest name. */
  public static final String TIE_BREAKER_ATTRIBUTE = "busbar.tie-breaker";

  /** Value of {@link #TIE_BREAKER_ATTRIBUTE}. */
  public static final String LOWEST = "lowest";

  /** Longest pause between two looks for another half of the cluster. */
  private static final long MERGE_SECONDS = 10;

  private static final String ANY_INTERFACE = "0.0.0.0";

  public ClusterConfig {
    require(name != null && !name.isBlank(), "cluster.name", name, "a name");
    require(host != null && !host.isBlank(), "cluster.host", host, "a host name or address");
    require(port >= 0 && port <= 65535, "cluster.port", port, "0 to 65535");
    Objects.requireNonNull(publicAddress, "publicAddress");
    join = List.copyOf(join);
    for (String member : join) {
      require(isHostPort(member), "cluster.join", member, "host:port");
    }
    require(lostAfterMillis >= 1000, "cluster.lost-after", lostAfterMillis + "ms", "at least 1s");
    require(clusterSize >= 0 && clusterSize <= 1000, "cluster.size", clusterSize, "0 to 1000");
    require(nodeName != null && !nodeName.isBlank(), "node.name", nodeName, "a name");
  }

  /** A data member on loopback with the default port, joining nobody. */
  public static ClusterConfig of(String nodeName) {
    return new ClusterConfig(
        "busbar", "127.0.0.1", 5701, "", List.of(), false, 15_000, 0, nodeName);
  }

  public ClusterConfig withName(String value) {
    return new ClusterConfig(
        value, host, port, publicAddress, join, lite, lostAfterMillis, clusterSize, nodeName);
  }

  public ClusterConfig withAddress(String newHost, int newPort, String newPublicAddress) {
    return new ClusterConfig(
        name,
        newHost,
        newPort,
        newPublicAddress,
        join,
        lite,
        lostAfterMillis,
        clusterSize,
        nodeName);
  }

  public ClusterConfig withJoin(List<String> members) {
    return new ClusterConfig(
        name, host, port, publicAddress, members, lite, lostAfterMillis, clusterSize, nodeName);
  }

  public ClusterConfig withLite(boolean value) {
    return new ClusterConfig(
        name, host, port, publicAddress, join, value, lostAfterMillis, clusterSize, nodeName);
  }

  public ClusterConfig withLostAfter(long millis) {
    return new ClusterConfig(
        name, host, port, publicAddress, join, lite, millis, clusterSize, nodeName);
  }

  public ClusterConfig withClusterSize(int size) {
    return new ClusterConfig(
        name, host, port, publicAddress, join, lite, lostAfterMillis, size, nodeName);
  }

  /**
   * A new Hazelcast configuration; the caller may add data structures of its own. May ask the name
   * service, so not on an event loop. Throws IllegalArgumentException when the host is unknown.
   */
  public Config toHazelcast() {
    Config config = new Config().setClusterName(name).setLiteMember(lite);
    properties(config);
    network(config.getNetworkConfig());
    vertxStructures(config);
    config
        .getSerializationConfig()
        .addDataSerializableFactory(RingOperations.ID, new RingOperations())
        .addDataSerializableFactory(OwnerOperations.ID, new OwnerOperations());
    // Collected every few seconds, and read by nobody: a node's meters are its own.
    config.getMetricsConfig().setEnabled(false);
    config.getMemberAttributeConfig().setAttribute(NODE_NAME_ATTRIBUTE, nodeName);
    config
        .getMemberAttributeConfig()
        .setAttribute(CLUSTER_SIZE_ATTRIBUTE, Integer.toString(clusterSize));
    return config;
  }

  private void properties(Config config) {
    long lostSeconds = (lostAfterMillis + 999) / 1000;
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        // Without this it listens on every interface, whatever the list of interfaces says.
        .setProperty("hazelcast.socket.bind.any", Boolean.toString(host.equals(ANY_INTERFACE)))
        .setProperty("hazelcast.heartbeat.interval.seconds", Long.toString(beat(lostSeconds)))
        .setProperty("hazelcast.max.no.heartbeat.seconds", Long.toString(lostSeconds))
        // A thawed node looks for the others about as soon as it was given up.
        .setProperty("hazelcast.merge.first.run.delay.seconds", Long.toString(look(lostSeconds)))
        .setProperty("hazelcast.merge.next.run.delay.seconds", Long.toString(look(lostSeconds)))
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        // Of two members that only reach others, not each other, one is put out of the cluster.
        .setProperty(
            "hazelcast.partial.member.disconnection.resolution.heartbeat.count",
            Integer.toString(BEATS_APART))
        // A write whose backup did not answer is an error to look into, never a silent success.
        .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
  }

  /**
   * How many heartbeats long the same members must miss each other, and no less than lost-after.
   */
  private static final int BEATS_APART = 5;

  private static long beat(long lostSeconds) {
    return Math.max(1, lostSeconds / 5);
  }

  private static long look(long lostSeconds) {
    return Math.min(MERGE_SECONDS, lostSeconds);
  }

  private void network(NetworkConfig network) {
    network.setPort(port).setPortAutoIncrement(false);
    if (!publicAddress.isEmpty()) {
      network.setPublicAddress(publicAddress);
    }
    if (!host.equals(ANY_INTERFACE)) {
      network.getInterfaces().setEnabled(true).addInterface(address(host));
    }
    JoinConfig how = network.getJoin();
    how.getAutoDetectionConfig().setEnabled(false);
    how.getMulticastConfig().setEnabled(false);
    how.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(3);
    for (String member : join) {
      how.getTcpIpConfig().addMember(member);
    }
  }

  private static String address(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "cluster.host: '" + host + "' is not known, expected an address of this machine", e);
    }
  }

  /** Same settings as the configuration that the Vert.x cluster manager brings. */
  private static void vertxStructures(Config config) {
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
  }

  private static boolean isHostPort(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      return false;
    }
    try {
      int number = Integer.parseInt(text, colon + 1, text.length(), 10);
      return number > 0 && number <= 65535;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void require(boolean ok, String key, Object value, String expected) {
    if (!ok) {
      throw new IllegalArgumentException(key + ": '" + value + "', expected " + expected);
    }
  }
}
