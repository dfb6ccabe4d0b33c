package io.busbar.websocket.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Ten at once, and ten per second afterwards. */
class TokenBucketTest {
  private static final long BEGIN = 5_000;
  private final TokenBucket bucket = new TokenBucket(10, 10, BEGIN);

  private int taken(int asked, long now) {
    int taken = 0;
    for (int i = 0; i < asked; i++) {
      taken += bucket.take(now) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void ofFifteenAtOnceTenAreTaken() {
    assertEquals(10, taken(15, BEGIN));
  }

  @Test
  void thereIsOneMoreAfterATenthOfASecondAndNoneBefore() {
    taken(10, BEGIN);
    assertEquals(0.1, bucket.secondsLeft(BEGIN), 1e-9);
    assertFalse(bucket.take(BEGIN + 99));
    assertTrue(bucket.take(BEGIN + 100));
    assertFalse(bucket.take(BEGIN + 100));
  }

  @Test
  void whoWaitsLongHasNoMoreThanTenAtOnce() {
    taken(10, BEGIN);
    assertEquals(10, taken(15, BEGIN + 60_000));
  }
}
