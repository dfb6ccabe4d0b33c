package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Notices of leaving by the page's times, on a virtual clock. */
class FarewellTest {
  private static final HostName A = HostName.parse("10.0.0.2").orElseThrow();
  private static final HostName B = HostName.parse("10.0.0.3").orElseThrow();

  private final List<HostName> told = new ArrayList<>();
  private final Farewell farewell =
      new Farewell(Timings.DEFAULTS, action -> told.add(((Action.SayClosing) action).host()));

  @Test
  void allAreToldAtOnceAndItIsOverWhenAllAnswered() {
    farewell.begin(List.of(A, B), 0);
    assertEquals(List.of(A, B), told);
    farewell.acknowledged(A);
    assertFalse(farewell.isOver());
    farewell.acknowledged(B);
    assertTrue(farewell.isOver());
  }

  @Test
  void whoIsSilentIsToldThreeTimesWithTwoSecondsEach() {
    farewell.begin(List.of(A, B), 0);
    farewell.acknowledged(B);
    farewell.tick(1_999);
    assertEquals(List.of(A, B), told);
    farewell.tick(2_000);
    farewell.tick(4_000);
    assertEquals(List.of(A, B, A, A), told);
    farewell.tick(5_999);
    assertFalse(farewell.isOver());
    farewell.tick(6_000);
    assertTrue(farewell.isOver());
    assertEquals(List.of(A, B, A, A), told);
  }

  @Test
  void withoutPeersItIsOverAtOnce() {
    farewell.begin(List.of(), 0);
    assertTrue(farewell.isOver());
  }
}
