package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RunnerOrder;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.runners.RunnerServices;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunnersApiTest {
  private final Queue<RunnerOrder> orders = new ConcurrentLinkedQueue<>();
  private HttpStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
    stage.lane.serve(
        RunnerServices.ORDER,
        order -> {
          orders.add(order);
          return order.getRunner().getAddress().equals("unknown:1")
              ? Future.failedFuture(Failure.of(FailureCode.NOT_FOUND, "no such").toException())
              : Future.succeededFuture(order);
        });
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return stage.http1.send(
        stage.request(path).DELETE().build(), HttpResponse.BodyHandlers.ofString());
  }

  private void refused(String body, String why) throws Exception {
    HttpResponse<String> answer = stage.post("/v1/pools/p/runners", body);
    assertEquals(400, answer.statusCode(), answer.body());
    String detail = new JsonObject(answer.body()).getString("detail");
    assertTrue(detail.contains(why) && detail.contains("expected"), detail);
  }

  @Test
  void aRunnerIsAdded() throws Exception {
    HttpResponse<String> answer =
        stage.post("/v1/pools/p/runners", "{\"address\": \"runner-1:9190\"}");
    assertEquals(201, answer.statusCode());
    JsonObject json = new JsonObject(answer.body());
    assertEquals("p", json.getString("pool"));
    assertEquals("runner-1:9190", json.getString("address"));
    assertTrue(json.getBoolean("present"));
    assertTrue(orders.remove().getPresent());
  }

  @Test
  void aRunnerIsTakenOut() throws Exception {
    HttpResponse<String> answer = delete("/v1/pools/p/runners/%5B::1%5D:9190");
    assertEquals(200, answer.statusCode(), answer.body());
    RunnerOrder order = orders.remove();
    assertEquals("[::1]:9190", order.getRunner().getAddress());
    assertEquals(false, order.getPresent());
  }

  @Test
  void anUnknownRunnerCannotBeTakenOut() throws Exception {
    assertEquals(404, delete("/v1/pools/p/runners/unknown:1").statusCode());
  }

  @Test
  void aBadBodyIsNamed() throws Exception {
    refused("", "the body is no JSON object");
    refused("[1]", "the body is no JSON object");
    refused("{}", "address is null");
    refused("{\"address\": 5}", "address is 5");
    assertTrue(orders.isEmpty());
  }

  @Test
  void aLongBodyIsRefused() throws Exception {
    HttpResponse<String> answer = stage.post("/v1/pools/p/runners", "x".repeat(100_000));
    assertEquals(413, answer.statusCode(), answer.body());
  }

  @Test
  void aBadPoolIsNamed() throws Exception {
    HttpResponse<String> answer =
        stage.post("/v1/pools/-p/runners", "{\"address\": \"runner-1:9190\"}");
    assertEquals(400, answer.statusCode(), answer.body());
  }
}
