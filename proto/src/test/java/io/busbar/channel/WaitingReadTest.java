package io.busbar.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ring.HazelcastRings;
import io.busbar.channel.ring.RingItem;
import io.busbar.channel.ring.RingLostException;
import io.busbar.channel.ring.RingState;
import io.busbar.channel.ring.RingStore;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A read that waits for the next item of an epoch, with nobody who publishes. */
class WaitingReadTest {
  private static final String CHANNEL = "waited-for";

  private final ClusterNodes cluster = new ClusterNodes();
  private RingStore rings;
  private RingState begun;
  private Future<List<byte[]>> waiting;

  @BeforeEach
  void start() throws Exception {
    ChannelMember member = ChannelMember.start(cluster, "only", ChannelCatalog.DEFAULTS);
    rings = new HazelcastRings(member.node().hazelcast());
    begun = ClusterNodes.await(rings.begin(CHANNEL, RingState.EMPTY, item(5)));
    waiting = rings.read(CHANNEL, 5, 1, 10);
    // Operations on one ring are done in their order.
    ClusterNodes.await(rings.look(CHANNEL));
    assertFalse(waiting.isComplete());
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private static byte[] item(long epoch) {
    return RingItem.of(epoch, FrameRecord.getDefaultInstance());
  }

  @Test
  void getsTheItemThatComes() throws Exception {
    ClusterNodes.await(rings.append(CHANNEL, begun.tail(), 5, List.of(item(5)), 0));
    assertEquals(1, ClusterNodes.await(waiting).size());
  }

  @Test
  void endsWhenAnotherEpochBegins() throws Exception {
    ClusterNodes.await(rings.begin(CHANNEL, begun, item(6)));
    ExecutionException lost =
        assertThrows(ExecutionException.class, () -> ClusterNodes.await(waiting));
    assertInstanceOf(RingLostException.class, lost.getCause());
  }
}
