package io.busbar.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {
  private final ClusterConfig base =
      ClusterConfig.of("n1").withName("t-" + UUID.randomUUID()).withAddress("127.0.0.1", 0, "");
  private final List<HazelcastInstance> started = new java.util.ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(h -> h.getLifecycleService().terminate());
  }

  private HazelcastInstance start(ClusterConfig config) {
    HazelcastInstance instance = Hazelcast.newHazelcastInstance(config.toHazelcast());
    started.add(instance);
    return instance;
  }

  private static String hostPort(HazelcastInstance instance) {
    var address = instance.getCluster().getLocalMember().getAddress();
    return address.getHost() + ":" + address.getPort();
  }

  @Test
  void joinsByExplicitAddressOnly() {
    var join = base.toHazelcast().getNetworkConfig().getJoin();
    assertFalse(join.getMulticastConfig().isEnabled());
    assertFalse(join.getAutoDetectionConfig().isEnabled());
    assertTrue(join.getTcpIpConfig().isEnabled());
  }

  @Test
  void nothingIsSentHomeAndTheOwnerShutsDown() {
    Config config = base.toHazelcast();
    assertEquals("false", config.getProperty("hazelcast.phone.home.enabled"));
    assertEquals("false", config.getProperty("hazelcast.shutdownhook.enabled"));
    assertEquals("false", config.getProperty("hazelcast.socket.bind.any"));
  }

  @Test
  void silenceIsRoundedUpToSeconds() {
    Config config = base.withLostAfter(2500).toHazelcast();
    assertEquals("3", config.getProperty("hazelcast.max.no.heartbeat.seconds"));
    assertEquals("1", config.getProperty("hazelcast.heartbeat.interval.seconds"));
  }

  @Test
  void structuresOfVertxAreThoseOfItsPackagedConfiguration() throws Exception {
    Config ours = base.toHazelcast();
    Config packaged;
    try (var xml = getClass().getClassLoader().getResourceAsStream("default-cluster.xml")) {
      packaged = new com.hazelcast.config.XmlConfigBuilder(xml).build();
    }
    assertEquals(
        packaged.getMapConfigs().get("__vertx.haInfo"), ours.getMapConfig("__vertx.haInfo"));
    assertEquals(
        packaged.getMapConfigs().get("__vertx.nodeInfo"), ours.getMapConfig("__vertx.nodeInfo"));
    assertEquals(
        packaged.getMultiMapConfigs().get("__vertx.subs"), ours.getMultiMapConfig("__vertx.subs"));
  }

  @Test
  void badValuesNameTheirKey() {
    var bad =
        assertThrows(IllegalArgumentException.class, () -> base.withJoin(List.of("somewhere")));
    assertEquals("cluster.join: 'somewhere', expected host:port", bad.getMessage());
    assertThrows(IllegalArgumentException.class, () -> base.withAddress("127.0.0.1", 70000, ""));
    assertThrows(IllegalArgumentException.class, () -> base.withLostAfter(10));
    assertThrows(IllegalArgumentException.class, () -> base.withClusterSize(-1));
  }

  @Test
  void aLiteMemberWithAnyPortJoinsADataMemberWithAnyPort() {
    HazelcastInstance data = start(base.withClusterSize(3));
    HazelcastInstance lite =
        start(base.withLite(true).withClusterSize(3).withJoin(List.of(hostPort(data))));

    assertEquals(2, lite.getCluster().getMembers().size());
    assertTrue(lite.getCluster().getLocalMember().isLiteMember());
    var member = data.getCluster().getLocalMember();
    assertEquals("n1", member.getAttribute(ClusterConfig.NODE_NAME_ATTRIBUTE));
    assertEquals("3", member.getAttribute(ClusterConfig.CLUSTER_SIZE_ATTRIBUTE));
  }
}
