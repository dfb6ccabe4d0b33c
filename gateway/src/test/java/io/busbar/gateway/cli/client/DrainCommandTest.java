package io.busbar.gateway.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code node drain --wait} against gateways that the test plays. */
class DrainCommandTest {
  private static final String NODE = "/v1/nodes/b";

  private ScriptedGateway gateway;

  @BeforeEach
  void open() throws Exception {
    gateway = new ScriptedGateway();
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private static JsonObject node(String name, boolean self) {
    return new JsonObject()
        .put("name", name)
        .put("self", self)
        .put("ready", true)
        .put("addresses", new JsonObject());
  }

  @Test
  void withoutItTheCommandReturnsAtOnce() {
    gateway.answer("POST " + NODE + "/drain", 202, node("b", false).put("gone", false));
    assertEquals(ExitCode.OK, gateway.run("node", "drain", "b"));
    assertEquals("node b drains\n", gateway.out());
  }

  @Test
  void theCommandReturnsWhenTheNodeIsGone() {
    gateway.answer("GET " + NODE, 200, node("b", false));
    gateway.answer("POST " + NODE + "/drain?wait=", 200, node("b", false).put("gone", true));
    assertEquals(ExitCode.OK, gateway.run("node", "drain", "b", "--wait"));
    assertEquals("node b is gone\n", gateway.out());
  }

  @Test
  void aNodeThatLeftBetweenTwoQuestionsIsGone() {
    gateway.answer("GET " + NODE, 200, node("b", false));
    assertEquals(ExitCode.OK, gateway.run("node", "drain", "b", "--wait=5s"));
    assertEquals("node b is gone\n", gateway.out());
  }

  @Test
  void aNodeThatIsStillThereIsAnExitCodeThatAllowsToTryAgain() {
    gateway.answer("GET " + NODE, 200, node("b", false));
    gateway.answer("POST " + NODE + "/drain?wait=", 202, node("b", false).put("gone", false));
    assertEquals(ExitCode.RETRY, gateway.run("node", "drain", "b", "--wait=1ms"));
    assertTrue(gateway.err().contains("still drains after 1ms"), gateway.err());
  }

  @Test
  void anotherNodeIsAskedForTheEndOfTheOneThatAnswers() throws Exception {
    try (ScriptedGateway other = new ScriptedGateway()) {
      JsonObject witness =
          node("a", false).put("addresses", new JsonObject().put("http", other.address()));
      gateway.answer("GET " + NODE, 200, node("b", true));
      gateway.answer(
          "GET /v1/nodes",
          200,
          new JsonObject().put("nodes", new JsonArray().add(node("b", true)).add(witness)));
      other.answer("POST " + NODE + "/drain?wait=", 200, node("b", false).put("gone", true));
      assertEquals(ExitCode.OK, gateway.run("node", "drain", "b", "--wait"));
      assertEquals("node b is gone\n", gateway.out());
    }
  }

  @Test
  void theEndOfTheOnlyNodeIsTheEndOfItsManagementPort() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket management = new ServerSocket(0, 10, loopback)) {
      JsonObject only =
          node("b", true)
              .put(
                  "addresses",
                  new JsonObject().put("management", "127.0.0.1:" + management.getLocalPort()));
      gateway.answer("GET " + NODE, 200, only);
      gateway.answer(
          "GET /v1/nodes", 200, new JsonObject().put("nodes", new JsonArray().add(only)));
      gateway.answer("POST " + NODE + "/drain", 202, only);
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(() -> gateway.run("node", "drain", "b", "--wait=60s"));
      // An idle connection that is closed is not the end of the process.
      management.accept().close();
      Socket second = management.accept();
      management.close();
      second.close();
      assertEquals(ExitCode.OK, code.get());
      assertEquals("node b is gone\n", gateway.out());
    }
  }

  @Test
  void theEndOfAnOnlyNodeOutOfReachCannotBeTold() {
    JsonObject only = node("b", true);
    gateway.answer("GET " + NODE, 200, only);
    gateway.answer("GET /v1/nodes", 200, new JsonObject().put("nodes", new JsonArray().add(only)));
    assertEquals(ExitCode.FAILED, gateway.run("node", "drain", "b", "--wait"));
    assertTrue(gateway.err().contains("without --wait"), gateway.err());
    assertTrue(gateway.asked().stream().noneMatch(what -> what.startsWith("POST")), "not begun");
  }

  @Test
  void aBadTimeIsWrongUsage() {
    assertEquals(ExitCode.USAGE, gateway.run("node", "drain", "b", "--wait=soon"));
    assertTrue(gateway.err().contains("--wait is 'soon'"), gateway.err());
  }
}
