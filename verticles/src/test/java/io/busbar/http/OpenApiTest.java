package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerShare;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.NodeServices;
import io.busbar.runners.RunnerServices;
import io.busbar.worker.WorkerServices;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The served document is valid, says all that is served, and every answer is as it says. */
class OpenApiTest {
  private static final CallId KNOWN = CallId.of(0x0123456789abcdefL, 0, 77);

  private HttpStage stage;
  private JsonObject document;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
    document = new JsonObject(stage.get("/openapi.json").body());
    stage.workers.put(
        "w1",
        WorkerInfo.newBuilder()
            .setWorkerId("w1")
            .setHost("10.0.0.1")
            .setPort(9190)
            .setStatus(WorkerStatus.WORKER_IDLE)
            .setCapacity(4)
            .setPool("echo")
            .setNodeId("fake-node")
            .putLabels("zone", "a")
            .build());
    stage.workers.put("w2", WorkerInfo.newBuilder().setWorkerId("w2").setPool("other").build());
    stage.calls.remember(
        CallState.newBuilder()
            .setId(KNOWN.toWire())
            .setPool("echo")
            .setState("ended")
            .setAttempts(2)
            .setSubmittedAt(1_700_000_000_000L)
            .setFailure(Failure.of(FailureCode.WORKER_LOST, "gone").toWire())
            .build());
    stage.lane.serve(
        WorkerServices.COMMAND,
        command ->
            Future.succeededFuture(
                stage.workers.get(command.getWorker()).toBuilder()
                    .setStatus(
                        command.getVerb().equals("drain")
                            ? WorkerStatus.WORKER_DRAINING
                            : WorkerStatus.WORKER_IDLE)
                    .build()));
    stage.lane.serve(
        NodeServices.DRAIN, question -> Future.succeededFuture(Empty.getDefaultInstance()));
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  @Test
  void theDocumentIsValidOpenApi() throws Exception {
    OutputUnit found =
        HttpStage.await(
            OpenAPIVersion.V3_1
                .getRepository(stage.vertx, "app://test")
                .compose(
                    schemas ->
                        OpenAPIVersion.V3_1.validateContract(stage.vertx, schemas, document)));
    assertTrue(found.getValid(), () -> String.valueOf(found.toJson()));
  }

  @Test
  void theDocumentHasEveryRouteAndNoOther() {
    Set<String> routes =
        Arrays.stream(Route.values())
            .map(r -> r.name() + " " + r.method().name() + " " + r.template())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> documented = new TreeSet<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject methods = paths.getJsonObject(path);
      for (String method : methods.fieldNames()) {
        String id = methods.getJsonObject(method).getString("operationId");
        documented.add(id + " " + method.toUpperCase(Locale.ROOT) + " " + path);
      }
    }
    assertEquals(routes, documented);
  }

  /** The schema that the document has for an answer. */
  private JsonObject schema(Route route, int status, String type) {
    JsonObject responses =
        document
            .getJsonObject("paths")
            .getJsonObject(route.template())
            .getJsonObject(route.method().name().toLowerCase(Locale.ROOT))
            .getJsonObject("responses");
    JsonObject response = responses.getJsonObject(Integer.toString(status));
    if (response == null) {
      assertTrue(status >= 400, () -> route + " does not document " + status);
      response = document.getJsonObject("components").getJsonObject("responses");
      response = response.getJsonObject("Problem");
    }
    JsonObject content = response.getJsonObject("content");
    JsonObject media = content.getJsonObject(type, content.getJsonObject("*/*"));
    assertNotNull(media, () -> route + " does not document " + type + " for " + status);
    return media
        .getJsonObject("schema")
        .copy()
        .put("components", document.getJsonObject("components"));
  }

  /** Sends a request and checks the answer against the document. */
  private JsonObject ask(Route route, Map<String, String> in, int status, String... headers)
      throws Exception {
    String path = route.template();
    for (Map.Entry<String, String> value : in.entrySet()) {
      path = path.replace("{" + value.getKey() + "}", value.getValue());
    }
    HttpRequest.Builder request =
        stage
            .request(path)
            .method(route.method().name(), HttpRequest.BodyPublishers.ofString("{}"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        stage.http1.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(status, response.statusCode(), response.body());
    String type = response.headers().firstValue("content-type").orElse("");
    OutputUnit found =
        Validator.create(
                JsonSchema.of(schema(route, status, type)),
                new JsonSchemaOptions()
                    .setDraft(Draft.DRAFT202012)
                    .setBaseUri("app://test")
                    .setOutputFormat(OutputFormat.Basic))
            .validate(new JsonObject(response.body()));
    assertTrue(found.getValid(), () -> response.body() + " " + found.toJson());
    return new JsonObject(response.body());
  }

  @Test
  void callsAreToldAndCancelled() throws Exception {
    Map<String, String> known = Map.of("id", KNOWN.toString());
    JsonObject state = ask(Route.CALL_STATE, known, 200);
    assertEquals("2023-11-14T22:13:20Z", state.getString("submitted_at"));
    assertEquals("worker_lost", state.getJsonObject("failure").getString("code"));
    assertEquals("ended", ask(Route.CALL_CANCEL, known, 200).getString("state"));
    assertEquals(KNOWN, stage.calls.cancelled().get(0));
  }

  @Test
  void unknownCallsAreProblems() throws Exception {
    String unknown = CallId.of(0x0123456789abcdefL, 0, 78).toString();
    String gone = CallId.of(99, 0, 1).toString();
    assertEquals("not_found", ask(Route.CALL_STATE, Map.of("id", unknown), 404).getString("code"));
    assertEquals("node_lost", ask(Route.CALL_STATE, Map.of("id", gone), 410).getString("code"));
    assertEquals(
        "invalid_request", ask(Route.CALL_STATE, Map.of("id", "zz"), 400).getString("code"));
  }

  @Test
  void poolsWorkersAndNodesAreListed() throws Exception {
    JsonObject pool = ask(Route.POOLS, Map.of(), 200).getJsonArray("pools").getJsonObject(0);
    assertEquals("default", pool.getString("name"));
    assertEquals(4, pool.getInteger("waiting"));
    assertEquals(2, ask(Route.WORKERS, Map.of(), 200).getJsonArray("workers").size());
    JsonObject worker = ask(Route.WORKER, Map.of("id", "w2"), 200);
    for (String core :
        List.of("worker_id", "host", "port", "address", "status", "capacity", "running_tasks")) {
      assertTrue(worker.containsKey(core), core);
    }
    assertEquals(1, ask(Route.NODES, Map.of(), 200).getJsonArray("nodes").size());
    assertEquals(true, ask(Route.NODE, Map.of("name", "fake"), 200).getBoolean("self"));
  }

  @Test
  void runnersAreListed() throws Exception {
    stage.workers.put(
        "echo.10.0.0.1:9190@fake",
        WorkerInfo.newBuilder()
            .setWorkerId("echo.10.0.0.1:9190@fake")
            .setPool("echo")
            .setAddress("10.0.0.1:9190")
            .setDialled(true)
            .setStatus(WorkerStatus.WORKER_IDLE)
            .build());
    RunnerName name = RunnerName.newBuilder().setPool("echo").setAddress("10.0.0.1:9190").build();
    stage.lane.serve(
        RunnerServices.LIST,
        pool -> Future.succeededFuture(RunnerShare.newBuilder().addNamed(name).build()));
    JsonObject all = ask(Route.RUNNERS, Map.of("pool", "echo"), 200);
    assertEquals(
        "idle",
        all.getJsonArray("runners").getJsonObject(0).getJsonObject("worker").getString("status"));
  }

  @Test
  void workersComeInPagesAndByPool() throws Exception {
    JsonObject first = new JsonObject(stage.get("/v1/workers?limit=1").body());
    assertEquals("w1", first.getString("next"));
    JsonObject second = new JsonObject(stage.get("/v1/workers?limit=1&after=w1").body());
    assertEquals("w2", second.getJsonArray("workers").getJsonObject(0).getString("worker_id"));
    assertEquals(null, second.getString("next"));
    JsonObject one = new JsonObject(stage.get("/v1/workers?pool=other").body());
    assertEquals(1, one.getJsonArray("workers").size());
    assertEquals(400, stage.get("/v1/workers?limit=0").statusCode());
  }

  @Test
  void workersAndNodesAreTold() throws Exception {
    Map<String, String> worker = Map.of("id", "w1");
    assertEquals("draining", ask(Route.WORKER_DRAIN, worker, 200).getString("status"));
    assertEquals("idle", ask(Route.WORKER_RESUME, worker, 200).getString("status"));
    assertEquals(true, ask(Route.NODE_DRAIN, Map.of("name", "fake"), 202).getBoolean("draining"));
    assertEquals(
        "not_found", ask(Route.WORKER_DRAIN, Map.of("id", "nobody"), 404).getString("code"));
    assertEquals(
        "not_found", ask(Route.NODE_DRAIN, Map.of("name", "nobody"), 404).getString("code"));
    assertEquals("unavailable", ask(Route.WORKER_DRAIN, Map.of("id", "w2"), 503).getString("code"));
  }

  @Test
  void callsAreAsDocumented() throws Exception {
    Map<String, String> pool = Map.of("pool", "echo");
    stage.calls.script(
        call -> call.respond(200, "content-type", "application/json").write("{}").finish());
    ask(Route.CALL, pool, 200);
    ask(Route.CALL, pool, 202, "busbar-detached", "true");
    stage.calls.script(call -> call.fail(Failure.of(FailureCode.QUEUE_FULL, "full")));
    ask(Route.CALL, pool, 503);
  }

  @Test
  void theDocumentIsServedAsDocumented() throws Exception {
    ask(Route.OPENAPI, Map.of(), 200);
    ask(Route.ASYNCAPI, Map.of(), 200);
  }

  @Test
  void otherMethodsAreToldWhatIsAllowed() throws Exception {
    for (String template : Route.templates()) {
      String path = template.replaceAll("\\{[a-z]+}", "x");
      HttpResponse<String> refused = send("PATCH", path);
      assertEquals(405, refused.statusCode(), path);
      assertEquals(Route.allowed(template), refused.headers().firstValue("allow").orElse(""), path);
      HttpResponse<String> options = send("OPTIONS", path);
      assertEquals(204, options.statusCode(), path);
      assertEquals(Route.allowed(template), options.headers().firstValue("allow").orElse(""), path);
    }
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return stage.http1.send(
        stage.request(path).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aHeadIsAGetWithoutBody() throws Exception {
    HttpResponse<String> head = send("HEAD", "/v1/pools");
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertEquals(
        stage.get("/v1/pools").body().length(),
        head.headers().firstValueAsLong("content-length").orElse(-1));
  }
}
