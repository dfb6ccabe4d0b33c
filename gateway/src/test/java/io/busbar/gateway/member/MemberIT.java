package io.busbar.gateway.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.busbar.samples.app.UppercaseApp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that join a cluster of real nodes, in this JVM or in one of their own. */
class MemberIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Name of the cluster whose node is killed. */
  private static final String OTHER = "other";

  @TempDir private static Path directory;

  /** A node for all tests that leave it unharmed. */
  private static NodeProcess a;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @BeforeAll
  static void startNode() {
    a = NodeProcess.start("a", directory, "--plugin", "echo");
  }

  @AfterAll
  static void endNode() {
    a.close();
  }

  @AfterEach
  void end() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private NodeProcess node(String name, String... arguments) {
    NodeProcess node = NodeProcess.start(name, directory, arguments);
    open.push(node);
    return node;
  }

  private AppProcess app(NodeProcess node, String name) throws Exception {
    AppProcess app =
        AppProcess.launch(
            directory, UppercaseApp.class.getName(), "--join", node.cluster(), "--name", name);
    open.push(app);
    return app;
  }

  /** A member in this JVM. */
  private Busbar join(NodeProcess node, String name) throws Exception {
    return join(node, name, "busbar");
  }

  private Busbar join(NodeProcess node, String name, String cluster) throws Exception {
    BusbarOptions preset = BusbarOptions.of(name).withJoin(node.cluster());
    BusbarOptions options = preset.withCluster(preset.cluster().withName(cluster));
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

  @Test
  void anApplicationServesItsPoolForEveryNode() throws Exception {
    NodeProcess b = node("b", "--join", a.cluster());
    assertFalse(AppProcess.classPath().contains("verticles"), AppProcess.classPath());
    app(a, "app").awaitReady();
    answers(a, "uppercase", "hello", "HELLO");
    answers(b, "uppercase", "hello", "HELLO");
    assertEquals(
        "uppercase@app", b.call("uppercase", "x").headers().firstValue("busbar-worker").orElse(""));
  }

  @Test
  void anApplicationThatIsToldToStopLeavesInOrder() throws Exception {
    AppProcess app = app(a, "stopped").awaitReady();
    answers(a, "uppercase", "hello", "HELLO");
    app.terminate();
    assertEquals(0, app.exitCode(), app.log());
    Eventually.passes(
        LONG,
        a::log,
        () -> assertFalse(a.get(a.http("/v1/workers")).body().contains("uppercase@stopped")));
  }

  @Test
  void aKilledApplicationEndsItsCallsWithADefiniteError() throws Exception {
    AppProcess app = app(a, "killed").awaitReady();
    answersFrom(a, "uppercase@killed");
    String[] address = a.ready().get("http").split(":");
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /v1/pools/uppercase/calls HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      Eventually.passes(
          LONG,
          a::log,
          () ->
              assertTrue(
                  a.get(a.http("/v1/workers/uppercase@killed"))
                      .body()
                      .contains("\"running_tasks\":1")));
      app.kill();
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertEquals("HTTP/1.1 502", answer);
    }
    // The pool is empty then, and filled again by another start under the same name.
    app(a, "killed").awaitReady();
    answersFrom(a, "uppercase@killed");
  }

  @Test
  void aNameThatIsTakenIsRefused() throws Exception {
    AppProcess app = app(a, "a");
    assertEquals(1, app.exitCode(), app.log());
    assertTrue(app.log().contains("node.name"), app.log());
  }

  @Test
  void anApplicationWithoutClusterSaysWhatToDo() throws Exception {
    AppProcess app =
        AppProcess.launch(
            directory, UppercaseApp.class.getName(), "--join", "127.0.0.1:1", "--name", "app");
    open.push(app);
    assertEquals(4, app.exitCode(), app.log());
    assertTrue(app.log().contains("cluster.join"), app.log());
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
  void callsGoOnThroughAnotherNodeWhenOneIsKilled() throws Exception {
    NodeProcess c = node("c", "--set", "cluster.name=" + OTHER, "--plugin", "echo");
    NodeProcess d =
        node("d", "--set", "cluster.name=" + OTHER, "--join", c.cluster(), "--plugin", "echo");
    Busbar busbar = join(c, "caller", OTHER);
    Buffer hello = Buffer.buffer("hello");
    Eventually.passes(
        LONG, c::log, () -> assertEquals(hello, await(callFrom(busbar, "echo", hello))));
    c.sigkill();
    Eventually.passes(
        LONG, d::log, () -> assertEquals(hello, await(callFrom(busbar, "echo", hello))));
  }

  @Test
  void drainingLetsARunningCallEndAndTakesNoNewOne() throws Exception {
    Busbar busbar = join(a, "app");
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
        LONG, a::log, () -> assertTrue(a.get(a.http("/v1/workers")).body().contains("slow@app")));
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
