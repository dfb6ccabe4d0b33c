package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a client goes on: the reference's own values, and the edges. */
class ReplayTest {
  /**
   * @param frames that were broadcast, of which the ring keeps as many as may be replayed
   */
  private static Replay replay(int capacity, long frames, long lastSeq) {
    long first = Math.max(1, frames - capacity + 1);
    return Replay.of(lastSeq, capacity == 0 ? frames + 1 : first, frames + 1, capacity);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 20, 10, 10, 10",
    "100, 10, 5, 5, 5",
    "5, 20, 15, 15, 5",
    "5, 20, 20, 20, 0",
    "5, 20, 1000000, 20, 0",
    "5, 20, 9223372036854775807, 20, 0",
    "5, 0, 0, 0, 0",
    "5, 0, -7, 0, 0",
    "5, 3, 0, 0, 3"
  })
  void theFramesAfterTheLastOneFollow(
      int capacity, long frames, long lastSeq, long after, long count) {
    assertEquals(new Replay(after, count), replay(capacity, frames, lastSeq));
  }

  @ParameterizedTest
  @CsvSource({
    "5, 20, 5",
    "5, 20, 14",
    "10, 20, 9",
    "5, 0, 1",
    "0, 20, 20",
    "0, 0, 0",
    "5, 20, -1",
    "5, 3, -7"
  })
  void whatIsNotKeptIsOutOfRange(int capacity, long frames, long lastSeq) {
    assertTrue(replay(capacity, frames, lastSeq).isOutOfRange());
  }

  @Test
  void theRingMayKeepLessThanTheCapacity() {
    assertTrue(Replay.of(3, 6, 11, 100).isOutOfRange());
    assertEquals(new Replay(5, 5), Replay.of(5, 6, 11, 100));
  }
}
