package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.edge.HttpOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.busbar.security.Role;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what. */
class AccessTest {
  private static final Access KEYS =
      (key, role) -> {
        if (key == null || key.isEmpty() || !key.startsWith("key-")) {
          return Failure.of(FailureCode.UNAUTHENTICATED, "an API key is needed");
        }
        return key.equals("key-" + role)
            ? null
            : Failure.of(FailureCode.FORBIDDEN, "the key has no role " + role);
      };

  private HttpStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage(HttpOptions.defaults(), KEYS);
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/pools/echo/calls, -, 401",
    "POST, /v1/pools/echo/calls, nonsense, 401",
    "POST, /v1/pools/echo/calls, key-OPERATE, 403",
    "POST, /v1/pools/echo/calls, key-CALL, 200",
    "GET, /v1/pools, -, 401",
    "GET, /v1/pools, key-PUBLISH, 200",
    "GET, /v1/nodes, key-CALL, 200",
    "POST, /v1/nodes/fake/drain, key-CALL, 403",
    "POST, /v1/nodes/nobody/drain, key-OPERATE, 404",
    "DELETE, /v1/calls/x, key-OPERATE, 403",
    "PUT, /v1/owners/k, -, 401",
    "PUT, /v1/owners/k, key-CALL, 403",
    "DELETE, /v1/owners/k, key-OPERATE, 403",
    "GET, /v1/owners, -, 401",
    "GET, /v1/owners/watch, key-OWN, 403",
    "GET, /openapi.json, -, 200",
    "GET, /asyncapi.json, -, 200",
  })
  void theRoleDecides(String method, String path, String key, int status) throws Exception {
    for (String header : new String[] {"x-api-key", "authorization"}) {
      HttpRequest.Builder request =
          stage.request(path).method(method, HttpRequest.BodyPublishers.ofString("x"));
      if (!key.equals("-")) {
        request.header(header, header.equals("x-api-key") ? key : "Bearer " + key);
      }
      HttpResponse<String> response =
          stage.http1.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(status, response.statusCode(), response.body());
      if (status == 401) {
        assertEquals("Bearer", response.headers().firstValue("www-authenticate").orElse(""));
      }
    }
  }

  @Test
  void aKeyNeverReachesTheWorker() throws Exception {
    stage.post("/v1/pools/echo/calls", "x", "authorization", "Bearer key-" + Role.CALL);
    ScriptedCall call = stage.opened();
    assertNull(call.header("authorization"));
    assertNull(call.header("x-api-key"));
  }

  @Test
  void theClientsOwnAuthorizationDoes() throws Exception {
    stage.post(
        "/v1/pools/echo/calls",
        "x",
        "x-api-key",
        "key-" + Role.CALL,
        "authorization",
        "Bearer mine");
    assertEquals("Bearer mine", stage.opened().header("authorization"));
  }

  @Test
  void aRefusalDoesNotRepeatTheKey() throws Exception {
    HttpResponse<String> response =
        stage.post("/v1/pools/echo/calls", "x", "x-api-key", "secret-value");
    assertTrue(!response.body().contains("secret-value"), response.body());
    assertEquals("unauthenticated", new JsonObject(response.body()).getString("code"));
  }
}
