package io.busbar.gateway.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in JVMs of their own with subscribers on each, of which one is killed. */
class ChannelKillIT {
  private static final int FOLLOWERS = Boolean.getBoolean("busbar.long") ? 100 : 30;
  private static final int FRAMES = Boolean.getBoolean("busbar.long") ? 3000 : 300;

  @TempDir private static Path directory;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private final List<SseFollower> followers = new ArrayList<>();

  @Test
  void nobodyMissesOrRepeatsAFrameWhenTheHolderOfTheChannelIsKilled() throws Exception {
    try (NodeGroup nodes = new NodeGroup(directory)) {
      NodeProcess first = nodes.launch("a");
      nodes.launch("b");
      nodes.launch("c");
      nodes.whole();
      for (NodeProcess node : nodes.alive()) {
        for (int i = 0; i < FOLLOWERS; i++) {
          follow(nodes, node);
        }
      }
      IntStream.rangeClosed(1, FRAMES / 3).forEach(n -> publish(nodes, n));
      String holder =
          new JsonObject(first.get(first.http("/v1/channels/live")).body()).getString("node");
      nodes.node(holder).sigkill();
      IntStream.rangeClosed(FRAMES / 3 + 1, FRAMES).forEach(n -> publish(nodes, n));

      List<String> all = IntStream.rangeClosed(1, FRAMES).mapToObj(String::valueOf).toList();
      for (SseFollower follower : followers) {
        nodes.eventually(() -> assertEquals(FRAMES, follower.frames().size()));
        assertEquals(List.of(), follower.wrong());
        assertEquals(List.of(), follower.told());
        assertEquals(all, follower.frames());
      }
      long resumed = followers.stream().filter(one -> one.connections() > 1).count();
      assertTrue(resumed >= FOLLOWERS, resumed + " resumed");
    } finally {
      followers.forEach(SseFollower::close);
    }
  }

  /** At that node as long as it lives, then at any other. */
  private void follow(NodeGroup nodes, NodeProcess node) {
    followers.add(
        new SseFollower(client, "live", () -> node.isAlive() ? node : any(nodes)).connect());
  }

  private static NodeProcess any(NodeGroup nodes) {
    List<NodeProcess> alive = nodes.alive();
    return alive.get(ThreadLocalRandom.current().nextInt(alive.size()));
  }

  /** With a key, at one node after the other until it is answered. */
  private void publish(NodeGroup nodes, int number) {
    nodes.eventually(
        () -> {
          HttpRequest request =
              HttpRequest.newBuilder(any(nodes).http("/v1/channels/live/frames"))
                  .timeout(Duration.ofSeconds(20))
                  .header("Idempotency-Key", "n" + number)
                  .POST(HttpRequest.BodyPublishers.ofString(String.valueOf(number)))
                  .build();
          HttpResponse<String> answer = send(request);
          assertEquals(200, answer.statusCode(), answer.body());
        });
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
