package io.busbar.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void nothingRecordedIsZero() {
    assertEquals(0, latencies.sinceLastLook(0.99));
  }

  @Test
  void aPercentileIsRightWithinAnEighth() {
    for (int i = 1; i <= 1000; i++) {
      latencies.record(i);
    }
    long found = latencies.sinceLastLook(0.99);
    assertTrue(found <= 990 && found >= 990 * 7 / 8, "99 % of 1 to 1000: " + found);
  }

  @Test
  void onlyWhatCameSinceTheLastLookCounts() {
    latencies.record(5000);
    latencies.sinceLastLook(0.99);
    latencies.record(3);
    assertEquals(3, latencies.sinceLastLook(0.99));
  }

  @Test
  void everyLengthHasItsPlace() {
    latencies.record(-1);
    latencies.record(Long.MAX_VALUE);
    assertTrue(latencies.sinceLastLook(1) > Long.MAX_VALUE / 8 * 7);
  }
}
