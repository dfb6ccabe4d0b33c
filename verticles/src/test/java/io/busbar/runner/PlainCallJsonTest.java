package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.routing.CallFacts;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way of reading a call JSON says what the long way says, or nothing. */
class PlainCallJsonTest {
  private static final int LARGEST = 4096;
  private static final String CALL =
      "{\"id\":\"01HZX3\",\"image\":\"fn/hello:0.0.1\",\"type\":\"sync\",\"method\":\"PUT\","
          + "\"url\":\"http://h/t/a\", \"timeout\" : 30,\"idle_timeout\":-7,\"tmpfs_size\":0,"
          + "\"memory\":128,\"cpus\":\"500m\",\"config\":{\"A\":\"b\",\"C\":\"\"},"
          + "\"headers\":{\"Accept\":[\"*/*\"],\"X\":[\"1\",\"2\"],\"None\":[]},"
          + "\"annotations\":{\"k\":[1,{\"deep\":\"er\"}]},\"fn_id\":\"f\",\"app_id\":\"a\","
          + "\"app_name\":\"n\",\"created_at\":\"2026-01-15T10:20:30.123Z\",\"unknown\":{}}\n";

  private final CallJson reader = new CallJson(LARGEST, Set.of());

  private static CallFacts plain(byte[] json) throws BadCallException {
    return PlainCallJson.read(json, 0, json.length, LARGEST);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aWholeCallIsReadAsTheLongWayReadsIt() throws Exception {
    byte[] json = bytes(CALL);
    CallFacts facts = plain(json);
    assertNotNull(facts);
    assertEquals(reader.readAny(json, 0, json.length), facts);
    assertEquals(30, facts.timeoutSeconds());
    assertEquals("2", facts.headers().get(2).getValue());
  }

  @Test
  void bytesAroundTheDocumentAreNotLookedAt() throws Exception {
    byte[] inside = bytes("]]" + CALL + "}}");
    byte[] json = bytes(CALL);
    assertEquals(plain(json), PlainCallJson.read(inside, 2, json.length, LARGEST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"id\":\"a\\n\"}",
        "{\"id\":\"ä\"}",
        "{\"id\":null}",
        "{\"id\":7}",
        "{\"timeout\":1.0}",
        "{\"timeout\":1e2}",
        "{\"timeout\":01}",
        "{\"timeout\":-}",
        "{\"timeout\":99999999999}",
        "{\"memory\":-1}",
        "{\"memory\":99999999999999999999}",
        "{\"headers\":{\"a\":\"b\"}}",
        "{\"x\":true}",
        "{\"annotations\":3}",
        "{\"id\":\"a\",}",
        "{\"id\" \"a\"}",
        "{\"id\":\"a\"} {}",
        "{\"id\":\"a\"",
        "{\"timeout\":3"
      })
  void whatIsNotOfThatFormIsLeftAlone(String json) throws Exception {
    assertNull(plain(bytes(json)));
  }

  @Test
  void aStringOverTheLimitIsLeftAlone() throws Exception {
    assertNull(plain(bytes("{\"id\":\"" + "a".repeat(LARGEST + 1) + "\"}")));
    assertNotNull(plain(bytes("{\"id\":\"" + "a".repeat(LARGEST) + "\"}")));
  }

  @Test
  void changedBytesAreReadAsTheLongWayReadsThemOrNotAtAll() throws Exception {
    Random random = new Random(5);
    byte[] pieces = bytes("{}[]\",:\\ -+.eE019azé\n\0");
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] json = bytes(CALL);
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        json[random.nextInt(json.length)] = pieces[random.nextInt(pieces.length)];
      }
      CallFacts facts;
      try {
        facts = plain(json);
      } catch (BadCallException e) {
        assertEquals(e.getMessage(), longWay(json));
        continue;
      }
      if (facts != null) {
        read++;
        assertEquals(reader.readAny(json, 0, json.length), facts);
      }
    }
    assertTrue(read > 1000, "only " + read + " of the changed documents were of the plain form");
  }

  /** What the long way says is wrong. */
  private String longWay(byte[] json) {
    try {
      return "nothing, but " + reader.readAny(json, 0, json.length);
    } catch (BadCallException e) {
      return e.getMessage();
    }
  }
}
