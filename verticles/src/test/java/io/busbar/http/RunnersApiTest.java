package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.bus.v1.RunnerShare;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.runners.RunnerServices;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
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

  private static RunnerName name(String address) {
    return RunnerName.newBuilder().setPool("p").setAddress(address).build();
  }

  private void knows(RunnerShare share) {
    stage.lane.serve(
        RunnerServices.LIST,
        question ->
            Future.succeededFuture(
                question.getPool().equals("p") ? share : RunnerShare.getDefaultInstance()));
  }

  @Test
  void theRunnersOfAPoolAreListedWithTheirSourceAndWorker() throws Exception {
    knows(
        RunnerShare.newBuilder()
            .addNamed(name("b:1"))
            .addNamed(name("c:1"))
            .addOrders(RunnerOrder.newBuilder().setRunner(name("a:1")).setPresent(true))
            .addOrders(RunnerOrder.newBuilder().setRunner(name("c:1")).setPresent(false))
            .build());
    WorkerInfo worker =
        WorkerInfo.newBuilder()
            .setWorkerId("p.b:1@n")
            .setPool("p")
            .setAddress("b:1")
            .setDialled(true)
            .build();
    stage.workers.put("p.b:1@n", worker);
    stage.workers.put(
        "p.b:1@old",
        worker.toBuilder()
            .setWorkerId("p.b:1@old")
            .setStatus(WorkerStatus.WORKER_DRAINING)
            .build());
    HttpResponse<String> answer = stage.get("/v1/pools/p/runners");
    assertEquals(200, answer.statusCode(), answer.body());
    JsonArray runners = new JsonObject(answer.body()).getJsonArray("runners");
    assertEquals(3, runners.size());
    assertEquals(
        new JsonObject()
            .put("pool", "p")
            .put("address", "a:1")
            .put("source", "request")
            .put("present", true),
        runners.getJsonObject(0));
    JsonObject b = runners.getJsonObject(1);
    assertEquals("configuration", b.getString("source"));
    assertEquals("p.b:1@n", b.getJsonObject("worker").getString("worker_id"));
    JsonObject c = runners.getJsonObject(2);
    assertEquals("request", c.getString("source"));
    assertEquals(false, c.getBoolean("present"));
    assertEquals(
        new JsonObject().put("runners", new JsonArray()),
        new JsonObject(stage.get("/v1/pools/q/runners").body()));
  }

  @Test
  void manyRunnersComeInPages() throws Exception {
    knows(
        RunnerShare.newBuilder()
            .addNamed(name("a:1"))
            .addNamed(name("b:1"))
            .addNamed(name("c:1"))
            .build());
    JsonObject first = new JsonObject(stage.get("/v1/pools/p/runners?limit=2").body());
    assertEquals(2, first.getJsonArray("runners").size());
    assertEquals("b:1", first.getString("next"));
    JsonObject second = new JsonObject(stage.get("/v1/pools/p/runners?limit=2&after=b:1").body());
    assertEquals(1, second.getJsonArray("runners").size());
    assertEquals(null, second.getString("next"));
    assertEquals(400, stage.get("/v1/pools/p/runners?limit=x").statusCode());
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
