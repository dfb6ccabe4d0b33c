package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisputeTest {
  private static final HostName LOW = HostName.parse("10.0.0.2").orElseThrow();
  private static final HostName HIGH = HostName.parse("10.0.0.3").orElseThrow();

  @ParameterizedTest(name = "epochs {0} and {1}: the lower host keeps it: {2}")
  @CsvSource({
    "7, 6, true", // the higher epoch
    "6, 7, false",
    "7, 7, true", // the lower host
    "0, 7, true", // only one speaks epochs
    "7, 0, true",
    "0, 0, true"
  })
  void bothSidesFindTheSame(long low, long high, boolean lowKeeps) {
    assertEquals(lowKeeps, Dispute.keeps(LOW, low, HIGH, high));
    assertEquals(!lowKeeps, Dispute.keeps(HIGH, high, LOW, low));
  }
}
