package io.busbar.security;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExposureRuleTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
  void loopbackNeedsNoProtection(String host) {
    assertNull(ExposureRule.front(host, false, false, false));
    assertNull(ExposureRule.cluster(host, false, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3", "no-such-host.invalid"})
  void otherAddressesAreRefusedBare(String host) {
    assertNotNull(ExposureRule.front(host, false, false, false));
    assertNotNull(ExposureRule.cluster(host, false, false));
  }

  @Test
  void keysTlsOrPermissionOpenAFront() {
    assertNull(ExposureRule.front("0.0.0.0", true, false, false));
    assertNull(ExposureRule.front("0.0.0.0", false, true, false));
    assertNull(ExposureRule.front("0.0.0.0", false, false, true));
  }

  @Test
  void busTlsOrATrustedNetworkOpenTheCluster() {
    assertNull(ExposureRule.cluster("0.0.0.0", true, false));
    assertNull(ExposureRule.cluster("0.0.0.0", false, true));
  }

  @Test
  void anyAddressIsNotLoopback() {
    assertFalse(ExposureRule.isLoopback("0.0.0.0"));
    assertTrue(ExposureRule.isLoopback("127.0.0.1"));
  }
}
