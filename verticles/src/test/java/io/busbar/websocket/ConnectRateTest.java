package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How often an address may connect, by a clock that the test turns. */
class ConnectRateTest {
  private final AtomicLong clock = new AtomicLong(1_000);
  private final ConnectRate rate = new ConnectRate(10, 3, clock::get);

  @Test
  void theBurstMayComeAtOnceAndNoMore() {
    for (int i = 0; i < 3; i++) {
      assertTrue(rate.take("a"));
    }
    assertFalse(rate.take("a"));
  }

  @Test
  void oneMoreMayComeEachTenthOfAMinute() {
    for (int i = 0; i < 3; i++) {
      rate.take("a");
    }
    clock.addAndGet(5_999);
    assertFalse(rate.take("a"));
    clock.addAndGet(1);
    assertTrue(rate.take("a"));
    assertFalse(rate.take("a"));
  }

  @Test
  void aLongPauseGivesTheBurstAgainAndNoMore() {
    for (int i = 0; i < 3; i++) {
      rate.take("a");
    }
    clock.addAndGet(3_600_000);
    for (int i = 0; i < 3; i++) {
      assertTrue(rate.take("a"));
    }
    assertFalse(rate.take("a"));
  }

  @Test
  void addressesDoNotCountForEachOther() {
    for (int i = 0; i < 4; i++) {
      rate.take("a");
    }
    assertTrue(rate.take("b"));
  }

  @Test
  void noLimitIsNoLimit() {
    ConnectRate none = new ConnectRate(0, 1, clock::get);
    for (int i = 0; i < 1000; i++) {
      assertTrue(none.take("a"));
    }
  }

  @Test
  void theAddressesKnownAreBounded() {
    for (int i = 0; i < 4; i++) {
      rate.take("first");
    }
    for (int i = 0; i < 10_001; i++) {
      rate.take("other" + i);
    }
    assertTrue(rate.take("first"), "forgotten");
  }
}
