package io.busbar.websocket.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Ten rejections within a minute shut an address out for five. */
class CooldownTest {
  private static final String ADDRESS = "10.0.0.1";
  private long now = 5_000;
  private final Cooldown cooldown = new Cooldown(10, 60_000, 300_000, () -> now);

  private void reject(int times, long apart) {
    for (int i = 0; i < times; i++) {
      cooldown.rejected(ADDRESS);
      now += apart;
    }
  }

  @Test
  void nineAreTooFew() {
    reject(9, 0);
    assertFalse(cooldown.isShutOut(ADDRESS));
    reject(1, 0);
    assertTrue(cooldown.isShutOut(ADDRESS));
  }

  @Test
  void thoseOfMoreThanAMinuteAgoDoNotCount() {
    reject(30, 6_700);
    assertFalse(cooldown.isShutOut(ADDRESS));
    reject(10, 6_000);
    assertTrue(cooldown.isShutOut(ADDRESS));
  }

  @Test
  void itEndsAfterFiveMinutesAndTheCountBeginsAnew() {
    reject(10, 0);
    now += 299_999;
    assertTrue(cooldown.isShutOut(ADDRESS));
    now += 1;
    assertFalse(cooldown.isShutOut(ADDRESS));
    reject(9, 0);
    assertFalse(cooldown.isShutOut(ADDRESS));
    reject(1, 0);
    assertTrue(cooldown.isShutOut(ADDRESS));
  }

  @Test
  void otherAddressesAreNotShutOut() {
    reject(10, 0);
    assertFalse(cooldown.isShutOut("10.0.0.2"));
  }

  @Test
  void theAddressesKnownAreBounded() {
    reject(10, 0);
    for (int i = 0; i < 10_000; i++) {
      cooldown.rejected("other-" + i);
    }
    assertFalse(cooldown.isShutOut(ADDRESS));
  }
}
