package io.busbar.plugin.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.worker.HeaderRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"X-A", "content-type", "a!#$%&'*+.^_`|~9"})
  void tokensAreNames(String name) {
    assertNull(HeaderRules.fault(name, "a value\twith é"));
  }

  @ParameterizedTest
  @CsvSource({"X A,1", "X:A,1", "Ä,0", "'X\nY',1"})
  void otherNamesAreNamed(String name, int at) {
    String fault = HeaderRules.fault(name, "v");
    int where = fault.indexOf(" at ");
    assertEquals(
        "header '" + name.replace('\n', '?') + "' has a character", fault.substring(0, where));
    assertEquals(at, digit(fault, where));
  }

  private static int digit(String fault, int where) {
    return fault.charAt(where + 4) - '0';
  }

  @Test
  void lineBreaksInValuesAreRefused() {
    assertEquals(
        "header 'X' has a line break or control character at 1 of its value",
        HeaderRules.fault("X", "a\r\nSet-Cookie: b"));
  }

  @Test
  void nothingIsRequiredOfWhatIsNotThere() {
    assertEquals("a header without a name", HeaderRules.fault("", "v"));
    assertEquals("header 'X' has no value", HeaderRules.fault("X", null));
  }
}
