package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.websocket.Heartbeat.Due;
import org.junit.jupiter.api.Test;

/** When a connection is pinged, and when it is dead, in milliseconds of the test. */
class HeartbeatTest {
  private final Heartbeat heartbeat = new Heartbeat(30_000, 10_000, 1_000);

  @Test
  void aPingIsDueOnceAfterTheInterval() {
    assertEquals(Due.NOTHING, heartbeat.due(30_999));
    assertEquals(Due.PING, heartbeat.due(31_000));
    assertEquals(Due.NOTHING, heartbeat.due(31_001));
  }

  @Test
  void withoutAnAnswerItIsDeadAfterTheTimeout() {
    heartbeat.due(31_000);
    assertEquals(Due.NOTHING, heartbeat.due(40_999));
    assertEquals(Due.DEAD, heartbeat.due(41_000));
  }

  @Test
  void whateverComesAfterThePingIsAnAnswerAndTheIntervalBeginsAgain() {
    heartbeat.due(31_000);
    heartbeat.heard(35_000);
    assertEquals(Due.NOTHING, heartbeat.due(64_999));
    assertEquals(Due.PING, heartbeat.due(65_000));
  }

  @Test
  void whatCameBeforeThePingIsNoAnswerToIt() {
    heartbeat.heard(30_999);
    assertEquals(Due.PING, heartbeat.due(31_000));
    assertEquals(Due.DEAD, heartbeat.due(41_000));
  }

  @Test
  void zeroIsNoHeartbeatHoweverLongNothingComes() {
    Heartbeat off = new Heartbeat(0, 10_000, 1_000);
    for (long now = 1_000; now < 100_000_000; now += 999_999) {
      assertEquals(Due.NOTHING, off.due(now));
    }
  }
}
