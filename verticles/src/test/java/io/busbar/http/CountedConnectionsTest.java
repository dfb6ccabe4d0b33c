package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.edge.HttpOptions;
import io.busbar.security.Access;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How connections are counted, also those that never send a byte. */
class CountedConnectionsTest {
  private HttpStage stage;

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private void open(HttpOptions options) throws Exception {
    stage = new HttpStage(options, Access.OPEN);
  }

  private double connections() {
    return stage.meters.get("busbar.http.connections").gauge().value();
  }

  @Test
  void theyCountAmongTheConnections() throws Exception {
    open(HttpOptions.defaults().withMaxConnections(1));
    try (RawClient silent = stage.raw();
        RawClient refused = stage.raw()) {
      assertEquals("", refused.rest());
      assertEquals(1, connections());
      silent.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertEquals("HTTP/1.1 200 OK", silent.rest().lines().findFirst().orElseThrow());
    }
  }

  @Test
  void theyAreClosedAfterAWhile() throws Exception {
    open(
        HttpOptions.defaults().withEntry(new HttpOptions.Entry(Duration.ofMillis(150), List.of())));
    try (RawClient silent = stage.raw()) {
      assertEquals("", silent.rest());
    }
  }

  @Test
  void aPlaceIsFreeAgainOnceOneIsGone() throws Exception {
    open(
        HttpOptions.defaults()
            .withMaxConnections(1)
            .withEntry(new HttpOptions.Entry(Duration.ofMillis(150), List.of())));
    try (RawClient silent = stage.raw()) {
      assertEquals("", silent.rest());
    }
    assertEquals(200, stage.get("/v1/pools").statusCode());
    assertEquals(1, connections());
  }

  @Test
  void eachConnectionThatEndedFreesOnePlace() throws Exception {
    open(HttpOptions.defaults().withMaxConnections(2));
    for (int i = 0; i < 3; i++) {
      try (RawClient one = stage.raw()) {
        one.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertEquals("HTTP/1.1 200 OK", one.rest().lines().findFirst().orElseThrow());
      }
    }
    try (RawClient first = stage.raw();
        RawClient second = stage.raw();
        RawClient refused = stage.raw()) {
      assertEquals("", refused.rest());
      assertEquals(2, connections());
      first.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      second.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertEquals("HTTP/1.1 200 OK", first.rest().lines().findFirst().orElseThrow());
      assertEquals("HTTP/1.1 200 OK", second.rest().lines().findFirst().orElseThrow());
    }
  }
}
