package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "10.0.0.1:1337, 10.0.0.1",
    "10.0.0.1:1338, 10.0.0.1:1338",
    "Cart-1.Shop.svc, cart-1.shop.svc",
    "cart.shop., cart.shop",
    "[2001:DB8:0:0:0:0:0:1], [2001:db8::1]",
    "2001:db8::1, [2001:db8::1]",
    "[::1]:1337, [::1]",
    "[::1]:9, [::1]:9",
    "[0:0::1]:09, [::1]:9",
    "a:1, a:1",
    "[fe80::1]:65535, [fe80::1]:65535",
  })
  void sameAddressHasOneForm(String text, String form) {
    assertEquals(form, HostName.parse(text).orElseThrow().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a:",
        "a:0",
        "a:65536",
        "a:123456",
        "a:-1",
        "a:+1",
        ":1",
        "[::1",
        "[]",
        "[10.0.0.1]",
        "[::1]x",
        "[::1]9",
        "::1%eth0",
        "10.0.0.256",
        "10.0.0",
        "-a",
        "a-",
        "a..b",
        "a/b",
        "http://a",
        "ü",
        "a\n",
        "1:2:3",
        "\u0000"
      })
  void whatIsNoAddressIsNotRead(String text) {
    assertTrue(HostName.parse(text).isEmpty(), text);
  }

  @Test
  void overlongIsNotRead() {
    assertTrue(HostName.parse("a.".repeat(126) + "b").isPresent(), "253 characters");
    assertTrue(HostName.parse("a.".repeat(127)).isEmpty(), "254 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "a:99", "[2001:db8::1]:7", "x.y.z"})
  void theFormReadsAsItself(String form) {
    assertEquals(form, HostName.parse(form).orElseThrow().toString());
  }
}
