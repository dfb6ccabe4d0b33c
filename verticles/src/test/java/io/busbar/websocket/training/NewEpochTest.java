package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.channel.ChannelCatalog;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients see when the cluster lost the frames. */
class NewEpochTest {
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final TrainingOptions OPTIONS = TrainingOptions.DEFAULTS.withCaps(1000, 1000);

  /** Without copies, so that the frames go with their node. */
  private static ChannelCatalog withoutBackups() {
    ChannelCatalog usual = JuniperNode.catalog(OPTIONS);
    return new ChannelCatalog(usual.max(), 0, usual.standard(), usual.named(), usual.forms());
  }

  private static JsonObject greeting(RawWebSocket client) throws Exception {
    return client.json("connection_established").getJsonObject("data");
  }

  /** The node that is killed may take a frame or two before it is gone. */
  private static void publishUntilAnotherEpoch(JuniperNode node, long epoch) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (node.metrics(2).epoch() == epoch) {
      assertTrue(System.nanoTime() < end, "the epoch went on");
    }
  }

  /**
   * Why a client of that instance cannot resume. The survivor may hear of the loss of the ring when
   * another epoch has begun already; then that one ends too, and the client comes again.
   */
  private static String refusedResume(JuniperNode survivor, String instance) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try (RawWebSocket back = new RawWebSocket(survivor.training())) {
        assertNotEquals(instance, greeting(back).getString("server_instance_id"));
        back.text(
            "{\"type\":\"resume\",\"data\":{\"last_seq\":1,\"server_instance_id\":\""
                + instance
                + "\"}}");
        String reason = back.json("resume_failed").getJsonObject("data").getString("reason");
        back.json("initial_status");
        return reason;
      } catch (AssertionError closed) {
        if (!"closed: 1012".equals(closed.getMessage()) || System.nanoTime() > end) {
          throw closed;
        }
      }
    }
  }

  @Test
  void clientsAreClosedAndAResumeFindsARestart() throws Exception {
    ClusterNodes cluster = new ClusterNodes();
    List<JuniperNode> nodes = new ArrayList<>();
    try {
      for (String name : List.of("a", "b", "c")) {
        nodes.add(
            JuniperNode.start(
                cluster, name, OPTIONS, ControlOptions.DEFAULTS, 200, withoutBackups()));
      }
      long epoch = nodes.get(0).metrics(1).epoch();
      JuniperNode holder = null;
      for (JuniperNode node : nodes) {
        holder = node.member().holds("training") ? node : holder;
      }
      nodes.remove(holder);
      JuniperNode survivor = nodes.get(0);
      try (RawWebSocket client = new RawWebSocket(survivor.training())) {
        String instance = greeting(client).getString("server_instance_id");
        client.text("{\"type\":\"pong\"}");
        client.json("initial_status");
        client.json("state");
        long last = client.json("initial_metrics").getJsonObject("data").getLong("current_seq");
        assertEquals(1, last);
        holder.kill();
        publishUntilAnotherEpoch(survivor, epoch);
        assertEquals("1012", client.closed());
        assertEquals("server_restarted", refusedResume(survivor, instance));
      }
      for (JuniperNode node : nodes) {
        node.stop();
      }
    } finally {
      cluster.close();
    }
  }
}
