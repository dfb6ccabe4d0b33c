package io.busbar.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonPeers;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Foreign Fn runners: Python's grpcio behind the gateway. Profile {@code fn-peers}. */
@Tag("fn-peers")
class FnPythonRunnerIT {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir static Path folder;

  private static PythonPeers peers;
  private static Process runners;
  private static NodeProcess node;

  @BeforeAll
  static void startRunnersAndNode() throws Exception {
    peers = PythonPeers.install(folder);
    runners = peers.start("fn_runner.py", "strict", "busy", "busy");
    BufferedReader output = runners.inputReader();
    String ready = output.readLine();
    assertTrue(ready != null && ready.startsWith("READY "), ready);
    String[] ports = ready.substring("READY ".length()).split(" ");
    node =
        NodeProcess.start(
            "lb",
            folder,
            "--set",
            "pools.strict.runners=[127.0.0.1:" + ports[0] + "]",
            "--set",
            "pools.mixed.runners=[127.0.0.1:%s, 127.0.0.1:%s]".formatted(ports[1], ports[0]),
            "--set",
            "pools.full.runners=[127.0.0.1:%s, 127.0.0.1:%s]".formatted(ports[1], ports[2]),
            "--set",
            "pools.full.queue-timeout=1s",
            "--set",
            "routes=[{match: {fn_id: strict}, pool: strict}, {match: {fn_id: mixed}, pool: mixed}]");
    Eventually.passes(
        Duration.ofSeconds(60),
        node::log,
        () -> assertEquals(200, call("strict", new byte[1]).statusCode()));
  }

  @AfterAll
  static void stop() throws Exception {
    if (node != null) {
      node.close();
    }
    if (runners != null) {
      runners.destroy();
      runners.waitFor();
    }
  }

  private static HttpResponse<byte[]> call(String pool, byte[] body) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(
                URI.create("http://" + node.ready().get("http") + "/v1/pools/" + pool + "/calls"))
            .header("X-Request-Id", "rid-7")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aBodyComesBackWholeFromARunnerThatChecksEveryRule() throws Exception {
    for (int length : new int[] {0, 1, 10_240, 10_241, 2_000_000}) {
      HttpResponse<byte[]> answer = call("strict", bytes(length));
      assertEquals(200, answer.statusCode(), () -> new String(answer.body()));
      assertArrayEquals(bytes(length), answer.body());
    }
  }

  @Test
  void whatIsSaidOfTheCallReachesTheRunner() throws Exception {
    HttpResponse<byte[]> answer = call("strict", bytes(10));
    assertEquals("sync", answer.headers().firstValue("X-Call-Type").orElse(""));
    assertEquals("rid-7", answer.headers().firstValue("X-Meta-fn-request-id").orElse(""));
  }

  @Test
  void aBusyRunnerIsReplacedByAnother() throws Exception {
    for (int i = 0; i < 20; i++) {
      HttpResponse<byte[]> answer = call("mixed", bytes(5000));
      assertEquals(200, answer.statusCode(), () -> new String(answer.body()));
      assertArrayEquals(bytes(5000), answer.body());
    }
  }

  @Test
  void whenAllRunnersAreBusyTheCallerIsToldThatARetryIsSafe() throws Exception {
    HttpResponse<byte[]> answer = call("full", bytes(100));
    assertEquals(503, answer.statusCode());
    assertTrue(new JsonObject(new String(answer.body())).getBoolean("retryable"));
    assertTrue(answer.headers().firstValue("Retry-After").isPresent());
  }

  @Test
  void aForeignLoadBalancerReachesAForeignRunnerThroughTheGateway() throws Exception {
    for (String pool : List.of("strict", "mixed")) {
      JsonObject answer =
          new JsonObject(
              peers.run(
                  120, "fn_lb.py", List.of(node.ready().get("runner"), "echo", pool, "1000000")));
      assertTrue(answer.getJsonObject("finished").getBoolean("success"), answer::encode);
      assertEquals(answer.getString("sent_sha256"), answer.getString("sha256"), answer::encode);
    }
  }
}
