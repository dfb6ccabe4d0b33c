package io.busbar.gateway.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.testing.Eventually;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code node} and {@code worker} against a gateway that the test plays. */
class ClientCommandsTest {
  private static final JsonObject NODE =
      new JsonObject()
          .put("name", "node-a")
          .put("ready", true)
          .put("gateway", true)
          .put("lanes", 2)
          .put("addresses", new JsonObject().put("http", "127.0.0.1:8080"))
          .put("version", "0.1");
  private static final JsonObject WORKER =
      new JsonObject()
          .put("worker_id", "echo@node-a")
          .put("pool", "echo")
          .put("status", "idle")
          .put("capacity", 4)
          .put("running_tasks", 1)
          .put("node", "node-a");

  private final Map<String, JsonObject> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private AnsweringPort port;
  private String url;

  @BeforeEach
  void open() throws Exception {
    port = new AnsweringPort(this::answer);
    url = port.url();
  }

  @AfterEach
  void close() throws Exception {
    port.close();
  }

  private void answer(HttpServerRequest request) {
    String what = request.method() + " " + request.uri();
    asked.add(what);
    JsonObject answer = answers.get(what);
    if (answer != null) {
      request.response().end(answer.encode());
      return;
    }
    request
        .response()
        .setStatusCode(404)
        .end(
            new JsonObject()
                .put("type", "urn:busbar:problem:not_found")
                .put("code", "not_found")
                .put("detail", "there is no such thing")
                .put("retryable", false)
                .encode());
  }

  private int run(String... args) {
    CommandLine line = BusbarCli.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  @Test
  void nodesAreListed() {
    answers.put("GET /v1/nodes", new JsonObject().put("nodes", new JsonArray().add(NODE)));

    assertEquals(ExitCode.OK, run("node", "list", "--url", url));
    String[] lines = out.toString().split("\n");
    assertTrue(lines[0].startsWith("NAME"), lines[0]);
    assertTrue(lines[1].matches("node-a +ready +gateway +2 +127.0.0.1:8080 +- +0.1"), lines[1]);
  }

  @Test
  void whoWatchesSeesItAgainUntilEnded() throws Exception {
    JsonObject nodes = new JsonObject().put("nodes", new JsonArray().add(NODE));
    answers.put("GET /v1/nodes", nodes);
    Thread watching = new Thread(() -> run("node", "list", "--watch", "--url", url), "watching");
    watching.start();
    try {
      shows("node-a");
      JsonObject joined = NODE.copy().put("name", "node-b");
      answers.put(
          "GET /v1/nodes", new JsonObject().put("nodes", new JsonArray().add(NODE).add(joined)));
      shows("node-b");
      assertTrue(watching.isAlive());
    } finally {
      watching.interrupt();
      watching.join();
    }
  }

  private void shows(String text) {
    Eventually.passes(
        Duration.ofSeconds(60),
        out::toString,
        () -> assertTrue(out.toString().contains(text), text));
  }

  @Test
  void theListOfNodesEndsWithTheSizeOfTheCluster() {
    JsonArray nodes =
        new JsonArray()
            .add(NODE.copy().put("cluster_size", 3))
            .add(NODE.copy().put("name", "node-b").put("cluster_size", 3))
            .add(NODE.copy().put("name", "app").put("gateway", false));
    answers.put("GET /v1/nodes", new JsonObject().put("nodes", nodes));

    assertEquals(ExitCode.OK, run("node", "list", "--url", url));
    assertTrue(out.toString().endsWith("\ncluster size 3, 2 there\n"), out.toString());
    nodes.remove(1);
    assertEquals(ExitCode.OK, run("node", "list", "--url", url));
    assertTrue(out.toString().contains("cluster size 3, 1 there: no majority"), out.toString());
  }

  @Test
  void nodesAreListedAsOneDocument() {
    JsonObject document = new JsonObject().put("nodes", new JsonArray().add(NODE));
    answers.put("GET /v1/nodes", document);

    assertEquals(ExitCode.OK, run("node", "list", "--url", url, "-o", "json"));
    assertEquals(document, new JsonObject(out.toString()));
  }

  @Test
  void aNodeIsShownAndDrained() {
    answers.put("GET /v1/nodes/node-a", NODE);
    answers.put("POST /v1/nodes/node-a/drain", NODE);

    assertEquals(ExitCode.OK, run("node", "show", "node-a", "--url", url));
    assertTrue(out.toString().contains("addresses  http=127.0.0.1:8080"), out.toString());
    assertEquals(ExitCode.OK, run("node", "drain", "node-a", "--url", url));
    assertTrue(out.toString().contains("node node-a drains"), out.toString());
  }

  @Test
  void workersAreListedPageByPage() {
    answers.put(
        "GET /v1/workers?after=",
        new JsonObject().put("workers", new JsonArray().add(WORKER)).put("next", "echo@node-a"));
    answers.put(
        "GET /v1/workers?after=echo%40node-a",
        new JsonObject()
            .put("workers", new JsonArray().add(WORKER.copy().put("worker_id", "echo@node-b"))));

    assertEquals(ExitCode.OK, run("worker", "list", "--url", url));
    assertTrue(out.toString().contains("echo@node-a"), out.toString());
    assertTrue(out.toString().contains("echo@node-b"), out.toString());
    assertTrue(out.toString().contains("1/4"), out.toString());
  }

  @Test
  void aWorkersStateAttemptsAndLastErrorAreListed() {
    JsonObject runner =
        WORKER
            .copy()
            .put("worker_id", "default.10.0.0.1:9190@node-a")
            .put("status", "unhealthy")
            .put("state", "ejected")
            .put("calls", 17)
            .put("last_error", "the connection was lost");
    answers.put(
        "GET /v1/workers?after=", new JsonObject().put("workers", new JsonArray().add(runner)));

    assertEquals(ExitCode.OK, run("worker", "list", "--url", url));
    String text = out.toString();
    assertTrue(text.contains("ejected"), text);
    assertTrue(text.contains(" 17 "), text);
    assertTrue(text.contains("the connection was lost"), text);
    assertEquals(ExitCode.OK, run("worker", "list", "--url", url, "-o", "json"));
    assertTrue(out.toString().contains("\"state\":\"ejected\""), out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"drain", "resume"})
  void aWorkerIsTold(String verb) {
    answers.put("POST /v1/workers/echo%40node-a/" + verb, WORKER);

    assertEquals(ExitCode.OK, run("worker", verb, "echo@node-a", "--url", url));
    assertTrue(out.toString().contains("worker echo@node-a is idle"), out.toString());
  }

  @Test
  void aProblemIsOneLineAndAnExitCode() {
    assertEquals(ExitCode.FAILED, run("worker", "show", "nobody", "--url", url));
    assertEquals("busbar worker show: not_found: there is no such thing\n", err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node list",
        "node drain x",
        "worker list",
        "call echo",
        "channel list",
        "channel follow x",
        "channel publish x --data y",
        "channel snapshot x",
        "command send x y"
      })
  void noGatewayIsItsOwnExitCodeAndOneTextForAllCommands(String command) {
    String[] words = (command + " --url http://127.0.0.1:1").split(" ");
    assertEquals(ExitCode.UNREACHABLE, run(words));
    assertTrue(
        err.toString().endsWith(": no gateway at http://127.0.0.1:1: the connection is refused\n"),
        err.toString());
  }

  @Test
  void aSnapshotIsShownAfterItsPlace() {
    answers.put(
        "GET /v1/channels/x/snapshot",
        new JsonObject().put("epoch", 7).put("offset", 3).put("data", "state"));
    assertEquals(ExitCode.OK, run("channel", "snapshot", "x", "--url", url));
    assertEquals("7:3" + System.lineSeparator() + "state" + System.lineSeparator(), out.toString());
  }

  @Test
  void aSnapshotIsStoredWithItsPlace() {
    String stored = "PUT /v1/channels/x/snapshot?epoch=7&offset=3";
    answers.put(stored, new JsonObject().put("epoch", 7).put("offset", 3));
    String command = "channel snapshot x --store state --epoch 7 --offset 3 --url " + url;
    assertEquals(ExitCode.OK, run(command.split(" ")));
    assertEquals(List.of(stored), asked);
    assertEquals(ExitCode.USAGE, run("channel", "snapshot", "x", "--store", "state", "--url", url));
    assertTrue(err.toString().contains("--epoch and --offset"), err.toString());
  }

  @Test
  void anUnknownHostIsNamed() {
    assertEquals(ExitCode.UNREACHABLE, run("node", "list", "--url", "http://no-such-host.invalid"));
    assertTrue(
        err.toString().contains("the host no-such-host.invalid is not known"), err.toString());
  }

  @Test
  void whoMeansStdinIsToldHowToNameIt() {
    assertEquals(ExitCode.USAGE, run("call", "echo", "--url", url, "--data", "@-"));
    assertTrue(err.toString().contains("stdin is --data -"), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "node",
    "worker",
    "node show",
    "call",
    "node list --url ftp://x",
    "call echo --timeout soon",
    "call echo --header x",
    "call echo --data @/no/such/file",
    "node list -o xml"
  })
  void wrongUsageIsExitCodeTwo(String args) {
    assertEquals(ExitCode.USAGE, run(args.split(" ")), err.toString());
    assertFalse(err.toString().isBlank());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call",
        "node",
        "node list",
        "node show",
        "node drain",
        "worker",
        "worker list",
        "worker show",
        "worker drain",
        "worker resume"
      })
  void everyCommandShowsAnExample(String command) {
    assertEquals(ExitCode.OK, run((command + " --help").split(" ")));
    assertTrue(out.toString().contains("Example"), out.toString());
  }
}
