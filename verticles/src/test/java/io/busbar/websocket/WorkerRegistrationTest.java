package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.RawWebSocket;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.Until;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gates before the upgrade, and every row of the registration table. */
class WorkerRegistrationTest {
  private WorkersStage stage = new WorkersStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private void restart(WorkersOptions options, int sockets) {
    stage.close();
    stage = new WorkersStage(options, sockets);
  }

  private ScriptedJuniperWorker connected() {
    ScriptedJuniperWorker worker = ScriptedJuniperWorker.connect(stage.socket());
    Map<String, Object> first = worker.json("connection_established");
    assertEquals(Map.of("channel", "workers"), first.get("data"));
    return worker;
  }

  @Test
  void aKeyIsAskedForWhenThereAreKeys() {
    restart(WorkersOptions.DEFAULTS.withApiKeys("first-key", "second-key"), 200);
    assertEquals(403, ScriptedJuniperWorker.refused(stage.socket(), Map.of()));
    assertEquals(
        403, ScriptedJuniperWorker.refused(stage.socket(), Map.of("X-API-Key", "third-key")));
    try (ScriptedJuniperWorker taken =
        ScriptedJuniperWorker.connect(stage.socket(), Map.of("X-API-Key", "second-key"))) {
      taken.json("connection_established");
    }
  }

  @Test
  void aPageIsRefusedWhateverItsKey() {
    assertEquals(
        403,
        ScriptedJuniperWorker.refused(stage.socket(), Map.of("Origin", "http://localhost:8050")));
  }

  @Test
  void anUnknownPathIsRefusedTheSameWay() {
    assertEquals(403, ScriptedJuniperWorker.refused(stage.socket("/ws/v2/workers"), Map.of()));
  }

  @Test
  void whoConnectsTooOftenIsRefusedAfterOriginAndKey() {
    restart(WorkersOptions.DEFAULTS.withApiKeys("key").withConnects(1, 2), 200);
    Map<String, String> good = Map.of("X-API-Key", "key");
    for (int i = 0; i < 5; i++) {
      assertEquals(403, ScriptedJuniperWorker.refused(stage.socket(), Map.of()));
    }
    for (int i = 0; i < 2; i++) {
      try (ScriptedJuniperWorker taken = ScriptedJuniperWorker.connect(stage.socket(), good)) {
        taken.json("connection_established");
      }
    }
    assertEquals(403, ScriptedJuniperWorker.refused(stage.socket(), good));
    assertEquals(5, stage.meters.counter("busbar.juniper.refused", "reason", "key").count());
    assertEquals(1, stage.meters.counter("busbar.juniper.refused", "reason", "rate").count());
  }

  @Test
  void theCapOfTheNodeGivesPlacesBackOnce() throws Exception {
    restart(WorkersOptions.DEFAULTS, 2);
    ScriptedJuniperWorker first = connected();
    try (ScriptedJuniperWorker second = connected()) {
      assertEquals(403, ScriptedJuniperWorker.refused(stage.socket(), Map.of()));
      first.send("no json");
      assertEquals(4006, first.closeCode());
      first.close();
      awaitSockets(1);
      try (ScriptedJuniperWorker third = connected()) {
        assertEquals(403, ScriptedJuniperWorker.refused(stage.socket(), Map.of()));
        assertTrue(third.quiet() && second.quiet());
      }
    }
    awaitSockets(0);
  }

  private void awaitSockets(int open) throws Exception {
    Until.holds(() -> stage.gauge("busbar.http.websockets") == open, "a place was not given back");
  }

  @Test
  void theServerMakesTheIdAndEqualNamesAreFine() {
    try (ScriptedJuniperWorker one = ScriptedJuniperWorker.connect(stage.socket());
        ScriptedJuniperWorker two = ScriptedJuniperWorker.connect(stage.socket())) {
      String first = one.register("same-name");
      String second = two.register("same-name");
      assertTrue(first.matches("worker-[0-9a-f]{12}"), first);
      assertNotEquals(first, second);
      assertEquals(2, stage.gauge("busbar.juniper.registered"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|Invalid JSON|4006|Invalid JSON",
        "[]|Registration message must be a JSON object|4008|Invalid registration",
        "7|Registration message must be a JSON object|4008|Invalid registration",
        "{'type':'heartbeat'}|First message must be registration|4007|Expected registration",
        "{}|First message must be registration|4007|Expected registration",
        "{'type':5}|First message must be registration|4007|Expected registration",
        "{'type':'register'}|Invalid registration|4008|Invalid registration",
        "{'type':'register','worker_id':'a'}|Invalid registration|4008|Invalid registration",
        "{'type':'register','worker_id':'-a','capabilities':{}}"
            + "|Invalid registration|4008|Invalid registration",
        "{'type':'register','worker_id':5,'capabilities':{}}"
            + "|Invalid registration|4008|Invalid registration",
        "{'type':'register','worker_id':'a','capabilities':[]}"
            + "|Invalid registration|4008|Invalid registration"
      })
  void aBadRegistrationIsNamedAndClosed(String text, String error, int code, String reason) {
    try (ScriptedJuniperWorker worker = connected()) {
      worker.send(text.replace('\'', '"'));
      assertEquals(error, worker.error());
      assertEquals(code, worker.closeCode());
      assertEquals(reason, worker.closeReason());
    }
  }

  @Test
  void missingFieldsAreAllNamed() {
    try (ScriptedJuniperWorker worker = connected()) {
      worker.send("{\"type\":\"register\"}");
      assertEquals(
          "Missing required field: worker_id; Missing required field: capabilities",
          worker.json("error").get("details"));
    }
  }

  @Test
  void theLimitOfTheFirstTextCountsCharacters() {
    String frame = "{\"type\":\"register\",\"worker_id\":\"a\",\"capabilities\":{},\"pad\":\"\"}";
    String pad = "\u2603".repeat(65_536 - frame.length());
    try (ScriptedJuniperWorker fits = connected()) {
      fits.send(frame.replace("\"\"", "\"" + pad + "\""));
      fits.json("registration_ack");
    }
    try (ScriptedJuniperWorker over = connected()) {
      over.send(frame.replace("\"\"", "\"" + pad + "x\""));
      assertEquals("Registration message too large", over.error());
      assertEquals(4005, over.closeCode());
      assertEquals("Message too large", over.closeReason());
    }
  }

  @Test
  void aFullRegistryIsNamed() {
    restart(WorkersOptions.DEFAULTS.withMax(1), 200);
    try (ScriptedJuniperWorker first = stage.worker("first");
        ScriptedJuniperWorker second = connected()) {
      second.send("{\"type\":\"register\",\"worker_id\":\"b\",\"capabilities\":{}}");
      assertEquals("Worker registry at capacity", second.error());
      assertEquals(4013, second.closeCode());
      assertTrue(second.closeReason().contains("capacity"));
      assertTrue(first.quiet());
    }
  }

  @Test
  void aBinaryFirstFrameDropsTheConnection() {
    try (ScriptedJuniperWorker worker = connected()) {
      worker.send(new byte[] {1, 2, 3});
      assertEquals(1006, worker.closeCode());
    }
  }

  @Test
  void aWorkerThatDoesNotRegisterInTimeIsClosed() {
    restart(
        WorkersOptions.DEFAULTS.withTimeouts(
            Duration.ofMillis(50), Duration.ofSeconds(30), Duration.ofSeconds(30)),
        200);
    try (ScriptedJuniperWorker worker = connected()) {
      assertEquals("Registration timed out", worker.error());
      assertEquals(4007, worker.closeCode());
    }
  }

  @Test
  void textThatIsNoUtf8ClosesTheSocket() throws Exception {
    try (RawWebSocket raw = new RawWebSocket(stage.socket())) {
      raw.frame(0x81, new byte[] {(byte) 0xff, (byte) 0xfe});
      assertEquals(1007, raw.closeCode());
    }
  }

  @Test
  void fragmentsAreJoinedAlsoAroundAPing() throws Exception {
    try (RawWebSocket raw = new RawWebSocket(stage.socket())) {
      String text = "{\"type\":\"register\",\"worker_id\":\"raw\",\"capabilities\":{}}";
      raw.frame(0x01, text.substring(0, 10).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      raw.frame(0x89, new byte[] {'p'});
      raw.frame(0x80, text.substring(10).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertTrue(raw.textContaining("registration_ack").contains("worker-"));
    }
  }

  @Test
  void aMessageAboveTheLimitClosesWithItsCode() throws Exception {
    try (RawWebSocket raw = new RawWebSocket(stage.socket())) {
      byte[] part = new byte[6 << 20];
      raw.frame(0x02, part);
      raw.frame(0x00, part);
      raw.frame(0x80, part);
      assertEquals(1009, raw.closeCode());
    }
  }

  @Test
  void aFrameAboveTheLimitClosesWithItsCode() throws Exception {
    try (RawWebSocket raw = new RawWebSocket(stage.socket())) {
      raw.announce(0x82, 100L << 20);
      assertEquals(1009, raw.closeCode());
    }
  }
}
