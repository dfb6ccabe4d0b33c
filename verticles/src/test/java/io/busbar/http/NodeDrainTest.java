package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.NodeServices;
import io.busbar.testing.Until;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who asks a node to drain may wait for its end. */
class NodeDrainTest {
  private static final NodeInfo OTHER =
      NodeInfo.newBuilder().setNodeId("other-node").setName("other").setGateway(true).build();

  private HttpStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
    stage.members.add(OTHER);
    stage.lane.serve(
        NodeServices.DRAIN, question -> Future.succeededFuture(Empty.getDefaultInstance()));
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private CompletableFuture<HttpResponse<String>> drain(String name, String wait) {
    return stage.http1.sendAsync(
        stage
            .request("/v1/nodes/" + name + "/drain?wait=" + wait)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> answer(CompletableFuture<HttpResponse<String>> asked)
      throws Exception {
    return asked.get(30, TimeUnit.SECONDS);
  }

  private void waits(CompletableFuture<?> asked) throws Exception {
    Until.holds(
        () -> {
          boolean listening = stage.members.listening() > 0;
          assertFalse(!listening && asked.isDone());
          return listening;
        },
        "it does not wait");
  }

  @Test
  void theAnswerComesWhenTheNodeHasLeft() throws Exception {
    CompletableFuture<HttpResponse<String>> asked = drain("other", "5m");
    waits(asked);
    assertFalse(asked.isDone());
    stage.members.leave(OTHER);
    assertEquals(200, answer(asked).statusCode());
    assertTrue(new JsonObject(answer(asked).body()).getBoolean("gone"));
    assertEquals(0, stage.members.listening());
  }

  @Test
  void theTimeToWaitIsALimit() throws Exception {
    HttpResponse<String> answer = answer(drain("other", "20ms"));
    assertEquals(202, answer.statusCode());
    assertFalse(new JsonObject(answer.body()).getBoolean("gone"));
    assertEquals(0, stage.members.listening());
  }

  @Test
  void aNodeDoesNotWaitForItsOwnEnd() throws Exception {
    assertEquals(202, answer(drain("fake", "5m")).statusCode());
  }

  @Test
  void whoIsToStopItselfAnswersAtOnce() throws Exception {
    CompletableFuture<HttpResponse<String>> asked = drain("other", "5m");
    waits(asked);
    stage.members.update(self -> self.toBuilder().setDraining(true).build());
    assertEquals(202, answer(asked).statusCode());
  }

  @Test
  void aBadTimeIsNamed() throws Exception {
    for (String bad : new String[] {"soon", "6m", "0s"}) {
      HttpResponse<String> answer = answer(drain("other", bad));
      assertEquals(400, answer.statusCode());
      assertTrue(answer.body().contains("wait is '" + bad + "'"), answer.body());
    }
  }
}
