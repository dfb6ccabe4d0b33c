package io.busbar.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterSizeTest {
  private final ClusterSize automatic = new ClusterSize(0);

  private static ClusterSize of(int members) {
    ClusterSize size = new ClusterSize(0);
    size.seen(members, false);
    return size;
  }

  @Test
  void automaticIsTheLargestNumberSeenTogether() {
    automatic.seen(1, false);
    automatic.seen(3, false);
    automatic.seen(2, false);
    assertEquals(3, automatic.size());
    assertEquals(2, automatic.majority());
    assertEquals(2, automatic.present());
  }

  @Test
  void anOrderlyLeaveMakesTheClusterSmaller() {
    automatic.seen(3, false);
    automatic.seen(2, true);
    assertEquals(2, automatic.size());
    automatic.seen(1, true);
    assertEquals(1, automatic.size());
    assertTrue(automatic.hasMajority());
  }

  private static ClusterSize split(boolean lowestWins, String... left) {
    ClusterSize size = new ClusterSize(4, lowestWins);
    size.seen(List.of("a", "b", "c", "d"), false);
    size.seen(List.of(left), false);
    return size;
  }

  @Test
  void ofAnEvenSplitNeitherHalfGoesOn() {
    assertFalse(split(false, "a", "b").hasMajority());
    assertFalse(split(false, "c", "d").hasMajority());
  }

  @Test
  void withATieBreakerTheHalfWithTheLowestNameGoesOn() {
    assertTrue(split(true, "a", "d").hasMajority());
    assertFalse(split(true, "c", "d").hasMajority());
  }

  @Test
  void lessThanHalfNeverGoesOn() {
    assertFalse(split(true, "a").hasMajority());
  }

  @Test
  void whoNeverSawAllOfThemBreaksNoTie() {
    ClusterSize size = new ClusterSize(2, true);
    size.seen(List.of("a"), false);
    assertFalse(size.hasMajority());
  }

  @Test
  void aStrangerInAHalfBreaksNoTie() {
    assertFalse(split(true, "a", "z").hasMajority());
  }

  @Test
  void aHalfThatGoesOnDoesNotShrinkByOrderlyLeaves() {
    ClusterSize size = new ClusterSize(0, true);
    size.seen(List.of("a", "b", "c", "d"), false);
    size.seen(List.of("a", "b"), false);
    size.seen(List.of("a"), true);
    assertEquals(4, size.size());
    assertFalse(size.hasMajority());
  }

  @Test
  void aLossDoesNot() {
    automatic.seen(3, false);
    automatic.seen(1, false);
    assertEquals(3, automatic.size());
    assertFalse(automatic.hasMajority());
  }

  @Test
  void anOrderlyLeaveAfterLossesForgetsThem() {
    automatic.seen(5, false);
    automatic.seen(4, false);
    automatic.seen(3, true);
    assertEquals(3, automatic.size());
  }

  @Test
  void aMinorityDoesNotShrinkByOrderlyLeaves() {
    automatic.seen(5, false);
    automatic.seen(2, false);
    automatic.seen(1, true);
    assertEquals(5, automatic.size());
    assertFalse(automatic.hasMajority());
  }

  @Test
  void halfIsNoMajority() {
    automatic.seen(4, false);
    automatic.seen(2, false);
    assertFalse(automatic.hasMajority());
  }

  @Test
  void aJoinerLearnsTheSizeFromTheOthers() {
    ClusterSize old = of(5);
    ClusterSize joiner = of(3);
    joiner.learned(old.known());
    assertEquals(5, joiner.size());
  }

  @Test
  void theSizeOfALaterEraStandsAlsoWhenItIsSmaller() {
    ClusterSize left = of(5);
    left.seen(4, true);
    left.seen(3, true);
    ClusterSize missed = of(5);
    missed.seen(3, false);
    missed.learned(left.known());
    assertEquals(3, missed.size());
    left.learned(of(9).known());
    assertEquals(3, left.size());
  }

  @Test
  void aLearnedSizeIsNeverSmallerThanWhatIsSeen() {
    ClusterSize here = of(4);
    here.learned(new ClusterSize.Known(2, 7));
    assertEquals(4, here.size());
  }

  @Test
  void aFixedSizeNeverChanges() {
    ClusterSize fixed = new ClusterSize(5);
    fixed.seen(7, false);
    fixed.seen(1, true);
    fixed.learned(new ClusterSize.Known(9, 3));
    assertEquals(5, fixed.size());
    assertEquals(3, fixed.majority());
    assertTrue(fixed.isFixed());
  }
}
