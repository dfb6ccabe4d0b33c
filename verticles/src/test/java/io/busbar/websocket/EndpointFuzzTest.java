package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.busbar.websocket.training.TrainingOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Mutated messages over sockets: after each one the endpoint either answers the question that
 * follows it, or has closed the connection with a code of the protocol.
 */
class EndpointFuzzTest {
  private static final int ROUNDS =
      Integer.getInteger("busbar.fuzz", Boolean.getBoolean("busbar.long") ? 20_000 : 1_000);

  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static JuniperNode node;

  @BeforeAll
  static void start() throws Exception {
    node =
        JuniperNode.start(
            CLUSTER,
            "a",
            TrainingOptions.DEFAULTS.withCaps(1000, 1000),
            ControlOptions.DEFAULTS.with(ControlOptions.Gates.DEFAULTS.withOrigins()));
    node.serve("training", command -> Future.succeededFuture(Buffer.buffer("{}")));
    node.metrics(1);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop();
    CLUSTER.close();
  }

  /** Opens, says what comes first, and asks whether the endpoint still answers. */
  private interface Client {
    RawWebSocket open() throws IOException;

    void ask(RawWebSocket socket, int round) throws IOException;
  }

  private static RawWebSocket greeted(URI uri, String... headers) throws IOException {
    RawWebSocket socket = new RawWebSocket(uri, headers);
    socket.json("connection_established");
    return socket;
  }

  private static void fuzz(long seed, List<String> seeds, Client client) throws IOException {
    Random random = new Random(seed);
    RawWebSocket socket = client.open();
    int answered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutated(random, seeds.get(random.nextInt(seeds.size())));
      String what =
          "seed "
              + seed
              + ", round "
              + round
              + ", "
              + new String(bytes, StandardCharsets.ISO_8859_1);
      socket.frame(random.nextInt(20) == 0 ? 0x82 : 0x81, bytes);
      try {
        client.ask(socket, round);
        answered++;
      } catch (IOException | AssertionError closed) {
        assertTrue(expected(closed), () -> what + ": " + closed);
        socket.close();
        socket = client.open();
      }
    }
    client.ask(socket, ROUNDS);
    socket.close();
    assertTrue(answered > ROUNDS / 10, answered + " answered");
  }

  /** Not UTF-8, or not JSON where that closes; the question may meet a connection that is gone. */
  private static boolean expected(Throwable closed) {
    return closed instanceof IOException
        || List.of("closed: 1007 text is not UTF-8", "closed: 1003 Malformed JSON")
            .contains(closed.getMessage());
  }

  private static byte[] mutated(Random random, String seed) {
    byte[] bytes = seed.getBytes(StandardCharsets.UTF_8);
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(7));
        case 2 -> bytes = Arrays.copyOf(bytes, 1 + at);
        default -> bytes[at] = (byte) "\"{}[]:,0-e\\".charAt(random.nextInt(11));
      }
    }
    return bytes;
  }

  @Test
  void theControlEndpointAnswersOrCloses() throws IOException {
    fuzz(
        20261101,
        List.of(
            "{\"type\":\"command\",\"command\":\"start\",\"command_id\":\"a\",\"params\":{\"x\":[1]}}",
            "{\"command\":\"set_params\",\"command_id\":\"a\",\"params\":{\"learning_rate\":0.02,"
                + "\"patience\":\"50\",\"optimizer_type\":\"Adam\",\"auto_snap_best\":true}}",
            "{\"type\":\"pong\"}",
            "{\"command\":\"\u00e9\\ud83d\",\"command_id\":\"\"}"),
        new Client() {
          @Override
          public RawWebSocket open() throws IOException {
            return greeted(node.control());
          }

          @Override
          public void ask(RawWebSocket socket, int round) throws IOException {
            String id = "round-" + round;
            socket.text("{\"command\":\"nothing\",\"command_id\":\"" + id + "\"}");
            JsonObject data;
            do {
              data = socket.json("command_response").getJsonObject("data");
            } while (!id.equals(data.getString("command_id")));
          }
        });
  }

  @Test
  void theTrainingEndpointAnswersOrCloses() throws IOException {
    fuzz(
        20261102,
        List.of(
            "{\"type\":\"resume\",\"data\":{\"last_seq\":1,\"server_instance_id\":\"x\"}}",
            "{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":25}}",
            "{\"type\":\"pong\"}"),
        new Client() {
          @Override
          public RawWebSocket open() throws IOException {
            return greeted(node.training());
          }

          @Override
          public void ask(RawWebSocket socket, int round) throws IOException {
            socket.text("{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":1}}");
            JsonObject frame;
            do {
              frame = socket.json();
            } while (!frame.getString("type").equals("initial_metrics"));
          }
        });
  }

  @Test
  void theWorkerEndpointAnswersOrCloses() throws IOException {
    try (WorkersStage stage = new WorkersStage()) {
      fuzz(
          20261103,
          List.of(
              "{\"type\":\"task_result\",\"task_id\":\"a\",\"candidate_id\":2,\"correlation\":0.4,"
                  + "\"success\":true,\"epochs_completed\":2,\"tensor_manifest\":{\"weights\":"
                  + "{\"shape\":[1],\"dtype\":\"float32\"}}}",
              "{\"type\":\"task_result\",\"task_id\":null,\"tensor_manifest\":{}}",
              "{\"type\":\"heartbeat\",\"worker_id\":\"a\",\"in_flight_tasks\":1,\"rss_mb\":1e5}",
              "{\"type\":\"error\",\"error\":\"x\"}"),
          new Client() {
            @Override
            public RawWebSocket open() throws IOException {
              RawWebSocket socket = greeted(stage.socket());
              socket.text("{\"type\":\"register\",\"worker_id\":\"f\",\"capabilities\":{}}");
              socket.json("registration_ack");
              return socket;
            }

            @Override
            public void ask(RawWebSocket socket, int round) throws IOException {
              socket.text("{\"type\":\"heartbeat\"}");
              JsonObject frame;
              do {
                frame = socket.json();
              } while (!frame.getString("type").equals("heartbeat"));
            }
          });
      assertEquals(List.of(), List.copyOf(stage.thrown));
    }
  }
}
