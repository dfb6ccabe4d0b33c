package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.edge.HttpOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which web pages may use the port. */
class OriginsTest {
  private static final Access KEYS =
      (key, role) -> "good".equals(key) ? null : Failure.of(FailureCode.UNAUTHENTICATED, "no key");

  private HttpStage stage;

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private void open(Access access, String... origins) throws Exception {
    stage =
        new HttpStage(
            HttpOptions.defaults()
                .withEntry(new HttpOptions.Entry(Duration.ofSeconds(10), List.of(origins))),
            access);
  }

  private String call(String host, String... headers) throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(
          "POST /v1/pools/echo/calls HTTP/1.1\r\nHost: "
              + host
              + "\r\nContent-Length: 0\r\nConnection: close\r\n"
              + String.join("", headers)
              + "\r\n");
      return raw.rest();
    }
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.substring(9, 12));
  }

  private String own() {
    return "127.0.0.1:" + stage.port;
  }

  @Test
  void aForeignPageIsRefusedBeforeACallIsOpened() throws Exception {
    open(Access.OPEN);
    String answer = call(own(), "Origin: https://evil.example\r\n");
    assertEquals(403, status(answer));
    assertTrue(answer.contains("https://evil.example"), answer);
    assertTrue(answer.contains("http.origins"), answer);
    assertTrue(stage.calls.opened().isEmpty());
  }

  @Test
  void aPageWithoutAnOriginOfItsOwnIsRefused() throws Exception {
    open(Access.OPEN);
    assertEquals(403, status(call(own(), "Origin: null\r\n")));
  }

  @Test
  void readingIsRefusedToo() throws Exception {
    open(Access.OPEN);
    try (RawClient raw = stage.raw()) {
      raw.send(
          "GET /v1/workers HTTP/1.1\r\nHost: " + own() + "\r\nOrigin: http://evil.example\r\n\r\n");
      assertEquals(403, status(raw.head()));
    }
  }

  @Test
  void aProgramNamesNoOrigin() throws Exception {
    open(Access.OPEN);
    assertEquals(200, status(call("anything.example")));
  }

  @Test
  void aPageOfThisPortIsTaken() throws Exception {
    open(Access.OPEN);
    assertEquals(200, status(call(own(), "Origin: http://" + own() + "\r\n")));
    String name = "localhost:" + stage.port;
    assertEquals(200, status(call(name, "Origin: http://" + name + "\r\n")));
  }

  @Test
  void aForeignNameThatPointsHereIsNotThisPort() throws Exception {
    open(Access.OPEN);
    String name = "evil.example:" + stage.port;
    assertEquals(403, status(call(name, "Origin: http://" + name + "\r\n")));
  }

  @Test
  void aListedPageIsTakenAndMayReadTheAnswer() throws Exception {
    open(Access.OPEN, "https://app.example");
    String answer = call(own(), "Origin: https://app.example\r\n");
    assertEquals(200, status(answer));
    assertTrue(answer.contains("access-control-allow-origin: https://app.example\r\n"), answer);
  }

  @Test
  void aListedPagesPreflightIsAnsweredWithoutAKey() throws Exception {
    open(KEYS, "https://app.example");
    try (RawClient raw = stage.raw()) {
      raw.send(
          "OPTIONS /v1/pools/echo/calls HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
              + "Access-Control-Request-Method: POST\r\n"
              + "Access-Control-Request-Headers: authorization\r\n\r\n");
      String head = raw.head();
      assertEquals(204, status(head));
      assertTrue(head.contains("access-control-allow-headers: authorization\r\n"), head);
    }
  }

  @Test
  void withKeysTheKeyDecidesAndForeignPagesMayNotRead() throws Exception {
    open(KEYS);
    String refused = call(own(), "Origin: https://evil.example\r\n");
    assertEquals(401, status(refused));
    String taken = call(own(), "Origin: https://evil.example\r\nX-Api-Key: good\r\n");
    assertEquals(200, status(taken));
    assertFalse(taken.contains("access-control-allow-origin"), taken);
  }
}
