package io.busbar.gateway.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.busbar.samples.app.UppercaseApp;
import io.busbar.testing.FreezesProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications that join a cluster of real nodes, in this JVM or in one of their own. The nodes and
 * one application are there for all tests; those that lose one come last.
 */
@FreezesProcess
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MemberIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String LOST_AFTER = "6s";

  /** Several times {@code bus.stream-window}, less than what the application takes. */
  private static final int PART = 1_000_000;

  @TempDir private static Path directory;
  private static NodeGroup nodes;
  private static NodeProcess a;
  private static NodeProcess b;

  /** Serves pool uppercase; {@link #application} starts it again when it is gone. */
  private static AppProcess app;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @BeforeAll
  static void startNodes() {
    nodes = new NodeGroup(directory, "--set", "cluster.lost-after=" + LOST_AFTER);
    a = nodes.launch("a", "--plugin", "echo");
    b = nodes.launch("b", "--plugin", "echo");
    app = app(a, "app");
  }

  @AfterAll
  static void endNodes() {
    nodes.close();
    app.close();
  }

  @AfterEach
  void end() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private static AppProcess app(NodeProcess node, String name) {
    return AppProcess.launch(
        directory,
        UppercaseApp.class.getName(),
        "--join",
        node.cluster(),
        "--name",
        name,
        "--lost-after",
        LOST_AFTER);
  }

  /** The application, serving; whatever became of it in an earlier test. */
  private static AppProcess application() throws Exception {
    if (!app.isAlive()) {
      app = app(a, "app");
    }
    app.awaitReady();
    answersFrom(a, "uppercase@app");
    return app;
  }

  private static BusbarOptions options(String name, String join) {
    return BusbarOptions.fromJson(
        new JsonObject()
            .put("node", new JsonObject().put("name", name))
            .put(
                "cluster",
                new JsonObject()
                    .put("name", "busbar")
                    .put("port", 0)
                    .put("join", new JsonArray().add(join))
                    .put("lost-after", LOST_AFTER)));
  }

  /** A member in this JVM. */
  private Busbar join(NodeProcess node, String name) throws Exception {
    BusbarOptions options = options(name, node.cluster());
    Vertx vertx = await(Busbar.clustered(options));
    open.push(() -> await(vertx.close()));
    Busbar busbar = await(Busbar.join(vertx, options));
    open.push(() -> await(busbar.close()));
    await(busbar.ready());
    return busbar;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void answers(NodeProcess node, String pool, String body, String expected) {
    Eventually.passes(
        LONG,
        node::log,
        () -> {
          HttpResponse<String> answer = node.call(pool, body);
          assertEquals(200, answer.statusCode(), answer.body());
          assertEquals(expected, answer.body());
        });
  }

  private static void answersFrom(NodeProcess node, String worker) {
    Eventually.passes(
        LONG,
        node::log,
        () ->
            assertEquals(
                worker,
                node.call("uppercase", "x").headers().firstValue("busbar-worker").orElse("")));
  }

  /**
   * A call of which the application has only a part; open until its answer was read. The part is on
   * its way to the application as a whole once a has sent it, which it does not before it was told,
   * several times, that the application has what came before: the call is committed.
   */
  private Socket halfACall() throws Exception {
    String[] address = a.ready().get("http").split(":");
    Socket socket = new Socket(address[0], Integer.parseInt(address[1]));
    open.push(socket);
    socket.setSoTimeout(60_000);
    double before = sentToOthers(a);
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST /v1/pools/uppercase/calls HTTP/1.1\r\nHost: a\r\nContent-Length: "
                + (PART + 1)
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[PART]);
    out.flush();
    nodes.eventually(
        () -> assertTrue(sentToOthers(a) >= before + PART, "the application has its part"));
    return socket;
  }

  /** Bytes that the node sent to other nodes over the bus so far. */
  private static double sentToOthers(NodeProcess node) {
    return node.get(node.management("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith("busbar_bus_bytes_total{"))
        .filter(line -> line.contains("\"remote\"") && line.contains("\"sent\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String statusLine(Socket socket) throws Exception {
    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
  }

  @Test
  @Order(1)
  void anApplicationServesItsPoolForEveryNode() throws Exception {
    assertFalse(AppProcess.classPath().contains("verticles"), AppProcess.classPath());
    app.awaitReady();
    answers(a, "uppercase", "hello", "HELLO");
    answers(b, "uppercase", "hello", "HELLO");
    answersFrom(b, "uppercase@app");
  }

  @Test
  @Order(2)
  void aFrozenApplicationLosesItsCallsAndServesAfterTheThaw() throws Exception {
    application();
    Socket half = halfACall();
    app.freeze();
    try {
      assertEquals("HTTP/1.1 502", statusLine(half));
      for (NodeProcess node : List.of(a, b)) {
        nodes.eventually(() -> assertEquals(List.of(), uppercases(node), node.name()));
      }
    } finally {
      app.thaw();
    }
    answersFrom(a, "uppercase@app");
    answersFrom(b, "uppercase@app");
    nodes.runs(a, "uppercase@app", 0);
    assertTrue(app.isAlive(), "it was never restarted");
  }

  private static List<JsonObject> uppercases(NodeProcess node) {
    return NodeGroup.workers(node).stream()
        .filter(worker -> worker.getString("pool").equals("uppercase"))
        .toList();
  }

  @Test
  @Order(3)
  void aKilledApplicationEndsItsCallsWithADefiniteError() throws Exception {
    application();
    Socket half = halfACall();
    app.kill();
    assertEquals("HTTP/1.1 502", statusLine(half));
    // The pool is empty then, and filled again by another start under the same name.
    assertNotEquals(0, app.exitCode());
    application();
  }

  @Test
  @Order(4)
  void anApplicationThatIsToldToStopLeavesInOrder() throws Exception {
    application();
    app.terminate();
    assertEquals(0, app.exitCode(), app.log());
    nodes.eventually(() -> assertEquals(List.of(), uppercases(a)));
  }

  @Test
  void aNameThatIsTakenIsRefused() throws Exception {
    BusbarOptions options = options("a", a.cluster());
    Vertx vertx = await(Busbar.clustered(options));
    open.push(() -> await(vertx.close()));
    Failure failure = failure(Busbar.join(vertx, options));
    assertEquals(FailureCode.CONFLICT, failure.code());
    assertTrue(failure.detail().contains("node.name"), failure.detail());
  }

  @Test
  void withoutAClusterJoiningSaysWhatToDo() {
    Failure failure = failure(Busbar.clustered(options("app", "127.0.0.1:1")));
    assertTrue(failure.retrySafe(), failure.detail());
    assertTrue(failure.detail().contains("cluster.join"), failure.detail());
  }

  private static Failure failure(Future<?> future) {
    return Failure.of(assertThrows(ExecutionException.class, () -> await(future)).getCause());
  }

  private static CallRequest to(String pool) {
    return CallRequest.to(
        pool, RequestHead.newBuilder().setOrigin("plugin").setMethod("POST").setUri("/").build());
  }

  /** Runs on a context of the member, as an application would. */
  private static Future<Buffer> callFrom(Busbar busbar, String pool, Buffer body) {
    Promise<Buffer> answer = Promise.promise();
    busbar
        .vertx()
        .getOrCreateContext()
        .runOnContext(
            v -> {
              Call call = busbar.calls().open(to(pool));
              call.body().write(body);
              call.body().end();
              call.response()
                  .compose(
                      response -> {
                        Buffer all = Buffer.buffer();
                        Promise<Buffer> whole = Promise.promise();
                        response.body().exceptionHandler(whole::tryFail);
                        response.body().endHandler(end -> whole.tryComplete(all));
                        response.body().handler(all::appendBuffer).resume();
                        return whole.future();
                      })
                  .onComplete(answer);
            });
    return answer.future();
  }

  @Test
  void anApplicationCallsThePoolsOfNodes() throws Exception {
    Busbar busbar = join(a, "caller");
    byte[] bytes = new byte[8 << 20];
    new Random(1).nextBytes(bytes);
    Eventually.passes(
        LONG,
        a::log,
        () -> {
          Buffer answer = await(callFrom(busbar, "echo", Buffer.buffer(bytes)));
          assertEquals(Buffer.buffer(bytes), answer);
        });
  }

  @Test
  void aCallOfNoPoolEndsWithAFailure() throws Exception {
    Busbar busbar = join(a, "caller");
    Promise<CallEnd> end = Promise.promise();
    busbar
        .vertx()
        .getOrCreateContext()
        .runOnContext(
            v -> {
              Call call = busbar.calls().open(to("nowhere").withRemaining(3000));
              call.body().end();
              call.end().onComplete(end);
            });
    assertEquals(FailureCode.NO_SUCH_POOL, await(end.future()).failure().code());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void callsGoOnThroughAnotherNodeWhenOneIsKilled() throws Exception {
    Busbar busbar = join(b, "caller");
    Buffer hello = Buffer.buffer("hello");
    nodes.eventually(() -> assertEquals(hello, await(callFrom(busbar, "echo", hello))));
    b.sigkill();
    nodes.eventually(() -> assertEquals(hello, await(callFrom(busbar, "echo", hello))));
    nodes.sees(a, nodes.alive().size() + 1);
    assertEquals(hello, await(callFrom(busbar, "echo", hello)));
  }

  @Test
  void drainingLetsARunningCallEndAndTakesNoNewOne() throws Exception {
    Busbar busbar = join(a, "inner");
    Promise<Void> running = Promise.promise();
    Promise<Void> go = Promise.promise();
    await(
        busbar.register(
            () ->
                new WorkerPlugin() {
                  @Override
                  public PluginDescriptor descriptor() {
                    return PluginDescriptor.of("slow", "waits");
                  }

                  @Override
                  public Future<?> serve(PluginCall call) {
                    running.tryComplete();
                    return go.future().compose(v -> call.end(Buffer.buffer("done")));
                  }
                }));
    Eventually.passes(
        LONG, a::log, () -> assertTrue(a.get(a.http("/v1/workers")).body().contains("slow@inner")));
    CompletableFuture<HttpResponse<String>> first = a.callAsync("slow", "x", Map.of());
    await(running.future());
    Future<Void> drained = busbar.drain();
    Eventually.passes(
        LONG,
        a::log,
        () -> {
          HttpResponse<String> refused =
              a.callAsync("slow", "y", Map.of("Busbar-Timeout", "200ms")).get(60, TimeUnit.SECONDS);
          assertTrue(refused.statusCode() >= 500, refused.body());
        });
    assertFalse(drained.isComplete());
    go.complete();
    assertEquals("done", first.get(60, TimeUnit.SECONDS).body());
    await(drained);
  }
}
