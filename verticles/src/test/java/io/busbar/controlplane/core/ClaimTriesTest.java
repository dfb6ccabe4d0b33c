package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClaimTriesTest {
  private static final HostName A = HostName.parse("10.0.0.2").orElseThrow();
  private static final HostName B = HostName.parse("10.0.0.3").orElseThrow();

  @Test
  void pausesBeginAtRandomAndDouble() {
    for (int seed = 0; seed < 200; seed++) {
      ClaimTries tries = new ClaimTries(50, new SplittableRandom(seed));
      long first = tries.next();
      assertTrue(first >= 50 && first < 250, first + " ms");
      assertEquals(2 * first, tries.next());
      assertEquals(4 * first, tries.next());
      assertEquals(Math.min(2000, 8 * first), tries.next());
    }
  }

  @Test
  void noPauseIsLongerThanTwoSeconds() {
    ClaimTries tries = new ClaimTries(600, new SplittableRandom(1));
    tries.next();
    assertEquals(2000, Math.max(tries.next(), tries.next()));
  }

  @Test
  void theFifthVoteIsTheLast() {
    ClaimTries tries = new ClaimTries(50, new SplittableRandom(1));
    for (int vote = 1; vote < 5; vote++) {
      assertNotEquals(ClaimTries.NO_MORE, tries.next(), "after vote " + vote);
    }
    assertEquals(ClaimTries.NO_MORE, tries.next());
  }

  @Test
  void aClaimThatWonBeginsAnew() {
    ClaimTries tries = new ClaimTries(50, new SplittableRandom(1));
    for (int vote = 0; vote < 4; vote++) {
      tries.next();
    }
    tries.over();
    assertTrue(tries.next() < 250);
  }

  @Test
  void ofTwoClaimantsExactlyOneIsAheadAndNotAlwaysTheSame() {
    int first = 0;
    for (int key = 0; key < 1000; key++) {
      boolean ahead = ClaimTries.isAhead("k" + key, A, B);
      assertNotEquals(ahead, ClaimTries.isAhead("k" + key, B, A));
      first += ahead ? 1 : 0;
    }
    assertTrue(first > 300 && first < 700, first + " of 1000");
  }
}
