package io.busbar.gateway.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.hazelcast.core.MemberLeftException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineEncoderTest {

  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("io.busbar.calls");
  private final Secrets secrets = new Secrets(Set.of("plain-secret-1"));

  private LoggingEvent event(String message, Throwable thrown, KeyValuePair... pairs) {
    LoggingEvent event = new LoggingEvent("", logger, Level.INFO, message, thrown, new Object[0]);
    event.setTimeStamp(1_700_000_000_123L);
    event.setThreadName("main");
    event.setMDCPropertyMap(Map.of());
    for (KeyValuePair pair : pairs) {
      event.addKeyValuePair(pair);
    }
    return event;
  }

  private static String line(LineEncoder encoder, LoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  private String text(LoggingEvent event) {
    return line(LineEncoder.text("alpha", secrets), event);
  }

  private JsonObject json(LoggingEvent event) {
    String line = line(LineEncoder.json("alpha", secrets), event);
    assertEquals(1, line.lines().count());
    return new JsonObject(line);
  }

  @Test
  void textHasTimeLevelLoggerMessageAndFields() {
    assertEquals(
        "2023-11-14T22:13:20.123Z INFO calls call ended call=0102 status=200 detail=\"a b\"\n",
        text(
            event(
                "call ended",
                null,
                new KeyValuePair("call", "0102"),
                new KeyValuePair("status", 200),
                new KeyValuePair("detail", "a b"))));
  }

  private String libraryLine(String library, Throwable thrown) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger(library), Level.WARN, "it failed", thrown, new Object[0]);
    event.setTimeStamp(1_700_000_000_123L);
    event.setMDCPropertyMap(Map.of());
    return text(event);
  }

  @Test
  void theLossOfANodeIsToldByLibrariesWithoutAStack() {
    Throwable refused = new IllegalStateException(new ConnectException("Connection refused: b"));
    assertEquals(
        "2023-11-14T22:13:20.123Z WARN ClusteredEventBus it failed"
            + " error=\"ConnectException: Connection refused: b\"\n",
        libraryLine("io.vertx.core.eventbus.impl.clustered.ClusteredEventBus", refused));
    assertTrue(
        libraryLine("com.hazelcast.X", new MemberLeftException("m"))
            .endsWith("error=\"MemberLeftException: m\"\n"),
        () -> libraryLine("com.hazelcast.X", new MemberLeftException("m")));
    assertTrue(
        libraryLine("com.hazelcast.X", new IOException("Connection reset by peer"))
            .endsWith("error=\"IOException: Connection reset by peer\"\n"));
  }

  @Test
  void whatIsNotExpectedKeepsItsStack() {
    String here = LineEncoderTest.class.getName();
    assertTrue(libraryLine("com.hazelcast.X", new IllegalStateException("odd")).contains(here));
    assertTrue(libraryLine("io.vertx.X", new IOException("No space left")).contains(here));
    assertTrue(libraryLine("io.busbar.X", new ConnectException("ours")).contains(here));
  }

  @Test
  void jsonHasTheSameAsMembers() {
    assertEquals(
        new JsonObject()
            .put("time", "2023-11-14T22:13:20.123Z")
            .put("level", "INFO")
            .put("node", "alpha")
            .put("logger", "io.busbar.calls")
            .put("thread", "main")
            .put("message", "call ended")
            .put("call", "0102")
            .put("status", 200),
        json(
            event(
                "call ended",
                null,
                new KeyValuePair("call", "0102"),
                new KeyValuePair("status", 200))));
  }

  @Test
  void theCallIdOfTheContextIsOnTheLine() {
    LoggingEvent event = event("odd", null);
    LoggingEvent with = new LoggingEvent("", logger, Level.INFO, "odd", null, new Object[0]);
    with.setTimeStamp(event.getTimeStamp());
    with.setMDCPropertyMap(Map.of("call", "0102"));
    assertTrue(text(with).endsWith("odd call=0102\n"));
    assertEquals("0102", json(with).getString("call"));
  }

  @Test
  void anEventIsOneLineWhateverIsInIt() {
    LoggingEvent event =
        event(
            "first\nsecond\r\u001b[31m\"quoted\" \ud800",
            new IllegalStateException("a\nb", new RuntimeException("c")),
            new KeyValuePair("field", "x\ny"));
    assertEquals(1, text(event).lines().count());
    assertFalse(text(event).contains("\u001b"));
    assertTrue(json(event).getString("error").contains("caused by java.lang.RuntimeException: c"));
    assertEquals("x\ny", json(event).getString("field"));
  }

  @Test
  void hugeValuesAreCut() {
    assertTrue(text(event("x".repeat(1 << 20), null)).length() < 10_000);
  }

  @Test
  void numbersThatJsonCannotHoldAreText() {
    assertEquals(
        "NaN", json(event("m", null, new KeyValuePair("rate", Double.NaN))).getString("rate"));
  }

  @Test
  void configuredSecretsAreMaskedEverywhere() {
    LoggingEvent event =
        event(
            "got plain-secret-1",
            new IllegalStateException("plain-secret-1"),
            new KeyValuePair("header", "plain-secret-1"));
    assertFalse(text(event).contains("plain-secret-1"));
    assertFalse(json(event).encode().contains("plain-secret-1"));
  }

  @Test
  void namedSecretsAreMasked() {
    assertEquals("Authorization: ****, x", secrets.mask("Authorization: Bearer abc.def, x"));
    assertEquals("X-API-Key=****", secrets.mask("X-API-Key=abc"));
    assertEquals("{\"password\":\"****\"}", secrets.mask("{\"password\":\"abc\"}"));
    assertEquals(
        "a **** b",
        secrets.mask("a -----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- b"));
  }

  @Test
  void ordinaryTextStays() {
    String text = "node alpha joined: 3 members, key 'ops' lacks the role call";
    assertEquals(text, secrets.mask(text));
  }
}
