package io.busbar.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JuniperJsonTest {

  @Test
  void readsTheTokensThatPythonWrites() {
    assertEquals(
        List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY),
        JuniperJson.read("[NaN, Infinity, -Infinity]"));
  }

  @Test
  void writesNullForWhatIsNoNumber() {
    assertEquals(
        "[null,null,1.5]",
        JuniperJson.write(Arrays.asList(Double.NaN, Double.NEGATIVE_INFINITY, 1.5)));
  }

  @Test
  void theLastOfEqualKeysWins() {
    assertEquals(Map.of("a", 2L), JuniperJson.read("{\"a\":1,\"a\":2}"));
  }

  @Test
  void keysKeepTheirOrder() {
    Map<?, ?> object = (Map<?, ?>) JuniperJson.read("{\"z\":1,\"a\":2,\"m\":3}");
    assertEquals(List.of("z", "a", "m"), new ArrayList<>(object.keySet()));
  }

  @Test
  void integersKeepTheirValue() {
    assertEquals(Long.MAX_VALUE, JuniperJson.read("9223372036854775807"));
    assertEquals(BigInteger.TEN.pow(400), JuniperJson.read("1" + "0".repeat(400)));
  }

  @Test
  void nestingIsBounded() {
    String deepest = "[".repeat(JuniperJson.MAX_DEPTH) + "]".repeat(JuniperJson.MAX_DEPTH);
    JuniperJson.read(deepest);
    assertThrows(JsonException.class, () -> JuniperJson.read("[" + deepest + "]"));
    assertThrows(JsonException.class, () -> JuniperJson.read("[".repeat(65_536)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[1,", "nul", "{\"a\"}", "1 2", "'a'", "{a:1}", "[1}", "\"\\x\""})
  void textThatIsNoJsonIsRefused(String text) {
    assertThrows(JsonException.class, () -> JuniperJson.read(text));
  }

  @Test
  void writingIsCompactAndUnescaped() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", "Jürgen ☃");
    object.put("list", List.of(1, true, "x"));
    object.put("none", null);
    assertEquals(
        "{\"name\":\"Jürgen ☃\",\"list\":[1,true,\"x\"],\"none\":null}", JuniperJson.write(object));
  }

  @ParameterizedTest
  @CsvSource({
    "1788100000.25, 1788100000.25",
    "1.7881e9, 1788100000.0",
    "0.00025, 0.00025",
    "-12345678.5, -12345678.5",
    "1e16, 1.0E16",
    "0.00001, 1.0E-5"
  })
  void numbersAreWrittenWithoutExponentWherePythonWritesNone(double value, String text) {
    assertEquals(text, JuniperJson.write(value));
  }
}
