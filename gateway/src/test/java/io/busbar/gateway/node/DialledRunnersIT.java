package io.busbar.gateway.node;

import static io.busbar.gateway.node.RunnerCluster.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes that dial scripted runners. */
class DialledRunnersIT {
  private final RunnerCluster cluster = new RunnerCluster();

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  @Test
  void aConfiguredRunnerServesCallsAndTellsAboutThem() throws Exception {
    ScriptedRunner runner = cluster.runner(RunnerScripts::echo);
    RunnerCluster.Member a = cluster.start("a", "{echo: {runners: [\"" + address(runner) + "\"]}}");
    cluster.awaitWorkers(1);
    HttpResponse<String> answer = cluster.call(a, "echo", "hello");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("hello", answer.body());
    assertEquals("1", answer.headers().firstValue("busbar-attempts").orElse(""));
    assertTrue(answer.headers().firstValue("busbar-wait").isPresent());
    JsonObject worker = cluster.workers(a).get(0);
    assertEquals(address(runner), worker.getString("address"));
    Eventually.passes(
        RunnerCluster.PATIENCE,
        () -> "calls of the runner",
        () -> {
          assertEquals("ready", cluster.workers(a).get(0).getString("state"));
          assertEquals(1, cluster.workers(a).get(0).getLong("calls"));
        });
  }

  @Test
  void aCallOverHttpTellsTheRunnerOfThePoolsFunction() throws Exception {
    ScriptedRunner runner = cluster.runner(RunnerScripts::echo);
    RunnerCluster.Member a =
        cluster.start(
            "a",
            ("{echo: {runners: [\"%s\"], function: {image: acme/resize:1, id: fn-7, memory: 256,"
                    + " config: {BUCKET: thumbs}}}}")
                .formatted(address(runner)));
    cluster.awaitWorkers(1);
    assertEquals(200, cluster.call(a, "echo", "x").statusCode());
    JsonObject told = new JsonObject(runner.calls().get(0).tryCall().getModelsCallJson());
    assertEquals("acme/resize:1", told.getString("image"), told.encode());
    String url = told.getString("url");
    assertTrue(url.matches("http://127\\.0\\.0\\.1:\\d+/v1/pools/echo/calls"), url);
    assertEquals("fn-7", told.getString("fn_id"));
    assertEquals(256, told.getInteger("memory"));
    assertEquals(30, told.getInteger("timeout"));
    assertEquals("thumbs", told.getJsonObject("config").getString("BUCKET"));
    assertEquals("fn-7", told.getJsonObject("config").getString("FN_FN_ID"));
  }

  @Test
  void runnersComeAndGoWhileNodesRun() throws Exception {
    ScriptedRunner first = cluster.runner(RunnerScripts::echo);
    ScriptedRunner second = cluster.runner(RunnerScripts::echo);
    RunnerCluster.Member a = cluster.start("a", "{}");
    RunnerCluster.Member b = cluster.start("b", "{}");
    for (ScriptedRunner runner : List.of(first, second)) {
      String body = new JsonObject().put("address", address(runner)).encode();
      assertEquals(201, cluster.send(a, "POST", "/v1/pools/echo/runners", body).statusCode());
    }
    cluster.awaitWorkers(2);
    assertEquals("x", cluster.call(b, "echo", "x").body());
    RunnerCluster.Member c = cluster.start("c", "{}");
    cluster.awaitWorkers(2);
    assertEquals("y", cluster.call(c, "echo", "y").body());
    String path = "/v1/pools/echo/runners/" + address(first);
    assertEquals(200, cluster.send(c, "DELETE", path, "").statusCode());
    cluster.awaitWorkers(1);
    assertEquals(address(second), cluster.workers(b).get(0).getString("address"));
    assertEquals(404, cluster.send(b, "DELETE", path, "").statusCode());
  }

  @Test
  void aReadConfigurationChangesTheRunners() throws Exception {
    ScriptedRunner first = cluster.runner(RunnerScripts::echo);
    ScriptedRunner second = cluster.runner(RunnerScripts::echo);
    RunnerCluster.Member a = cluster.start("a", "{echo: {runners: [\"" + address(first) + "\"]}}");
    cluster.awaitWorkers(1);
    String now = "{echo: {runners: [\"" + address(second) + "\"], concurrency: 7}}";
    a.node.reload(cluster.config("a", a.directory, now));
    Eventually.passes(
        RunnerCluster.PATIENCE,
        () -> "the runner of the new configuration",
        () -> {
          List<JsonObject> workers = cluster.workers(a);
          assertEquals(1, workers.size());
          assertEquals(address(second), workers.get(0).getString("address"));
          assertEquals(7, workers.get(0).getInteger("capacity"));
        });
    assertEquals("z", cluster.call(a, "echo", "z").body());
  }

  @Test
  void sighupReadsTheFileAgainAndANewRunnerJoins(@TempDir Path directory) throws Exception {
    assumeTrue(hangUpsArrive(), "the tests were started with SIGHUP ignored, as nohup does");
    ScriptedRunner first = cluster.runner(RunnerScripts::echo);
    ScriptedRunner second = cluster.runner(RunnerScripts::echo);
    Path file = directory.resolve("busbar.yaml");
    Files.writeString(file, "pools: {echo: {runners: [\"" + address(first) + "\"]}}\n");
    try (NodeProcess node = NodeProcess.start("a", directory, "--config", file.toString())) {
      joined(node, first);
      String both = address(first) + "\", \"" + address(second);
      Files.writeString(file, "pools: {echo: {runners: [\"" + both + "\"]}}\n");
      node.sighup();
      joined(node, first, second);
    }
  }

  /** A process that is started with a signal ignored keeps ignoring it, and so does Java. */
  private static boolean hangUpsArrive() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return true;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 0;
      }
    }
    return true;
  }

  private static void joined(NodeProcess node, ScriptedRunner... runners) {
    Set<String> expected = new HashSet<>();
    for (ScriptedRunner runner : runners) {
      expected.add(address(runner));
    }
    Eventually.passes(
        RunnerCluster.PATIENCE,
        node::log,
        () -> {
          Set<String> there = new HashSet<>();
          NodeGroup.workers(node).forEach(worker -> there.add(worker.getString("address")));
          assertEquals(expected, there);
        });
  }

  /** Holds each call a moment and remembers how many there were at once. */
  private static final class Counting {
    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();

    void script(RunnerCall call) {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      call.body()
          .onSuccess(
              body ->
                  call.context()
                      .owner()
                      .setTimer(
                          5,
                          t -> {
                            now.decrementAndGet();
                            call.start(200).data(body.toString());
                            call.succeed();
                          }));
    }
  }

  @Test
  void threeNodesTogetherNeverOverloadARunner() throws Exception {
    Counting counting = new Counting();
    ScriptedRunner runner = cluster.runner(counting::script);
    String pools =
        "{echo: {runners: [\"" + address(runner) + "\"], concurrency: 3, queue-timeout: 50s}}";
    List<RunnerCluster.Member> nodes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      nodes.add(cluster.start(name, pools));
    }
    cluster.awaitWorkers(1);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(cluster.send(nodes.get(i % 3), "echo", "call-" + i));
    }
    for (int i = 0; i < answers.size(); i++) {
      HttpResponse<String> answer = answers.get(i).get(60, TimeUnit.SECONDS);
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals("call-" + i, answer.body());
    }
    assertEquals(3, counting.most.get(), "calls at once on the runner");
    assertEquals(300, runner.calls().size(), "each call was tried once");
  }

  @Test
  void equalsGetEqualSharesFromTwoNodes() throws Exception {
    List<ScriptedRunner> runners = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ScriptedRunner runner = cluster.runner(RunnerScripts::echo);
      runners.add(runner);
      addresses.add("\"" + address(runner) + "\"");
    }
    String pools = "{echo: {runners: [" + String.join(", ", addresses) + "]}}";
    RunnerCluster.Member a = cluster.start("a", pools);
    RunnerCluster.Member b = cluster.start("b", pools);
    cluster.awaitWorkers(5);
    int calls = Boolean.getBoolean("busbar.long") ? 20_000 : 2000;
    List<CompletableFuture<HttpResponse<String>>> flying = new ArrayList<>();
    // All calls enter at one node: a share must not depend on who dials.
    for (int i = 0; i < calls; i++) {
      flying.add(cluster.send(i % 10 == 0 ? b : a, "echo", "x"));
      if (flying.size() == 32) {
        for (CompletableFuture<HttpResponse<String>> one : flying) {
          assertEquals(200, one.get(60, TimeUnit.SECONDS).statusCode());
        }
        flying.clear();
      }
    }
    for (CompletableFuture<HttpResponse<String>> one : flying) {
      one.get(60, TimeUnit.SECONDS);
    }
    double fair = calls / 5.0;
    for (ScriptedRunner runner : runners) {
      int share = runner.calls().size();
      assertTrue(Math.abs(share - fair) < 0.15 * fair, share + " calls of a fair share " + fair);
    }
  }

  @Test
  void aKilledRunnerIsLeftAloneAndComesBack() throws Exception {
    ScriptedRunner good = cluster.runner(RunnerScripts::echo);
    ScriptedRunner mortal = cluster.runner(RunnerScripts::echo);
    String pools =
        ("{echo: {runners: [\"%s\", \"%s\"], health: {failures: 2, eject: 200ms, ramp: 0,"
                + " status-interval: 300ms}, dial: {max-backoff: 200ms}}}")
            .formatted(address(good), address(mortal));
    RunnerCluster.Member a = cluster.start("a", pools);
    cluster.awaitWorkers(2);
    mortal.kill();
    cluster.awaitWorkers(1);
    for (int i = 0; i < 50; i++) {
      assertEquals(200, cluster.call(a, "echo", "x").statusCode());
    }
    JsonObject out =
        cluster.workers(a).stream()
            .filter(w -> w.getString("address").equals(address(mortal)))
            .findFirst()
            .orElseThrow();
    assertEquals("unhealthy", out.getString("status"));
    assertEquals("ejected", out.getString("state"));
    assertFalse(out.getString("last_error").isEmpty());
    mortal.restart();
    cluster.awaitWorkers(2);
    assertEquals(200, cluster.call(a, "echo", "x").statusCode());
  }

  @Test
  void aFunctionStaysOnItsRunner() throws Exception {
    List<String> addresses = new ArrayList<>();
    List<ScriptedRunner> runners = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      runners.add(cluster.runner(RunnerScripts::echo));
      addresses.add("\"" + address(runners.get(i)) + "\"");
    }
    String pools = "{echo: {runners: [" + String.join(", ", addresses) + "]}}";
    RunnerCluster.Member a = cluster.start("a", pools);
    RunnerCluster.Member b = cluster.start("b", pools);
    cluster.awaitWorkers(4);
    Set<String> workers = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> answer =
          cluster.call(i % 2 == 0 ? a : b, "echo", "x", "Busbar-Affinity", "function-1");
      workers.add(answer.headers().firstValue("busbar-worker").orElse(""));
    }
    assertEquals(1, workers.size(), "one key went to " + workers);
  }

  @Test
  void whenANodeLeavesTheOthersDialItsRunners() throws Exception {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      addresses.add("\"" + address(cluster.runner(RunnerScripts::echo)) + "\"");
    }
    String pools = "{echo: {runners: [" + String.join(", ", addresses) + "]}}";
    cluster.start("a", pools);
    RunnerCluster.Member b = cluster.start("b", pools);
    cluster.awaitWorkers(4);
    cluster.stop("a");
    // Four were there before, too.
    Eventually.passes(
        RunnerCluster.PATIENCE,
        () -> "all runners at b",
        () ->
            assertEquals(
                List.of("b", "b", "b", "b"),
                cluster.workers(b).stream().map(worker -> worker.getString("node")).toList()));
    cluster.awaitWorkers(4);
    assertEquals("x", cluster.call(b, "echo", "x").body());
  }
}
