package io.busbar.member;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.map.IMap;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ClusterMemberTest {
  private static final int VALUES = 64;
  private static final byte[] VALUE = new byte[1 << 20];

  private final String cluster = UUID.randomUUID().toString();
  private HazelcastInstance one;
  private HazelcastInstance other;

  private HazelcastInstance start(String name, List<String> join) {
    Config config =
        ClusterConfig.of(name)
            .withName(cluster)
            .withAddress("127.0.0.1", 0, "")
            .withJoin(join)
            .toHazelcast()
            // So that what holds the thread holds every link.
            .setProperty("hazelcast.io.output.thread.count", "1");
    return ClusterMember.start(config);
  }

  @AfterEach
  void end() {
    // The one with the held thread first would wait for its hand-over.
    if (other != null) {
      other.getLifecycleService().terminate();
    }
    if (one != null) {
      one.getLifecycleService().terminate();
    }
  }

  /** A frozen process: its kernel accepts connections, and nobody ever answers. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLinkToAMemberThatNeverAnswersHoldsUpNoOtherLink() throws Exception {
    one = start("one", List.of());
    Address there = one.getCluster().getLocalMember().getAddress();
    other = start("other", List.of("127.0.0.1:" + there.getPort()));
    assertEquals(2, one.getCluster().getMembers().size());

    try (ServerSocket frozen = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      connect(one, frozen.getLocalPort());
      try (Socket accepted = frozen.accept()) {
        byte[] protocol = accepted.getInputStream().readNBytes(3);
        assertArrayEquals("HZC".getBytes(StandardCharsets.US_ASCII), protocol);

        IMap<Integer, byte[]> map = one.getMap("values");
        for (int i = 0; i < VALUES; i++) {
          map.set(i, VALUE);
        }
        assertEquals(VALUES, other.getMap("values").size());
      }
    }
  }

  /** As an operation for a member that was just lost does. */
  private static void connect(HazelcastInstance from, int port) throws Exception {
    ((HazelcastInstanceProxy) from)
        .getOriginal()
        .node
        .getServer()
        .getConnectionManager(EndpointQualifier.MEMBER)
        .getOrConnect(new Address("127.0.0.1", port));
  }
}
