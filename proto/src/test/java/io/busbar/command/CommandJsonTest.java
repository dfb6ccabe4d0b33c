package io.busbar.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.json.DecodeException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values go through as they were written. */
class CommandJsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1788100000.25",
        "1.790000000E9",
        "1.0",
        "-0.0",
        "12345678901234567890123.456",
        "true",
        "null",
        "\"\"",
        "\"a\\u00e9\\\"\u4e2d\"",
        "[]",
        "{ \"b\" : [1.50, {}], \"a\" : 1e400 }"
      })
  void aValueStaysAsItIs(String text) {
    assertEquals(text, CommandJson.value(" \n" + text + "\t "));
    assertEquals(text, CommandJson.members("{\"x\": " + text + " , \"y\":1}").get("x"));
    assertEquals(text, CommandJson.members("{\"y\":1,\"x\":" + text + "}").get("x"));
  }

  @Test
  void aLongTextStaysAsItIs() {
    String text = "\"" + "\u4e2d\\n".repeat(100_000) + "\"";
    assertEquals(text, CommandJson.value(text));
    assertEquals(text, CommandJson.members("{\"x\":" + text + "}").get("x"));
  }

  @Test
  void membersHaveTheirOrderAndOfEqualNamesTheLastCounts() {
    Map<String, String> members = CommandJson.members("{\"b\":1,\"a\":2,\"b\":3}");
    assertEquals(List.of("b", "a"), List.copyOf(members.keySet()));
    assertEquals("3", members.get("b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "[1,]", "1 2", "{} {}", "NaN", "/* */ 1", "'a'", "01"})
  void whatIsNotOneValueIsRefused(String text) {
    assertThrows(DecodeException.class, () -> CommandJson.value(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "{\"a\":}", "{\"a\":1", "{\"a\":1} x", "{a:1}"})
  void whatIsNotOneObjectHasNoMembers(String text) {
    assertThrows(DecodeException.class, () -> CommandJson.members(text));
  }
}
