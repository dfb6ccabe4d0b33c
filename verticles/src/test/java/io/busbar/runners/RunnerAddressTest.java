package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunnerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "Runner-1.example:9190,runner-1.example:9190",
    "10.0.0.1:1,10.0.0.1:1",
    "[::1]:65535,[::1]:65535"
  })
  void readsAndWrites(String text, String written) {
    assertEquals(written, RunnerAddress.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host",
        ":1",
        "host:",
        "host:0",
        "host:65536",
        "host:-1",
        "host:1x",
        "a b:1",
        "a/b:1",
        "::1:1",
        "[host]:1",
        "host:99999999999",
        "http://h:1"
      })
  void refusesAnythingElse(String text) {
    String why =
        assertThrows(IllegalArgumentException.class, () -> RunnerAddress.parse(text)).getMessage();
    assertTrue(why.contains("expected host:port"), why);
  }

  @Test
  void ofOneHostItIsOneKey() {
    assertEquals(
        new RunnerKey("p", RunnerAddress.parse("HOST:1")),
        new RunnerKey("p", RunnerAddress.parse("host:1")));
  }
}
