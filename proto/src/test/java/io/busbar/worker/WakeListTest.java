package io.busbar.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Endpoint;
import org.junit.jupiter.api.Test;

class WakeListTest {
  private final WakeList list = new WakeList();

  private static Endpoint lane(int i) {
    return new Endpoint("n", i);
  }

  @Test
  void eachLaneIsWokenInItsTurn() {
    list.rejected(lane(1));
    list.rejected(lane(2));
    assertEquals(lane(1), list.next(10));
    assertEquals(lane(2), list.next(10));
    assertNull(list.next(10));
  }

  @Test
  void aLaneThatDoesNotOfferIsDropped() {
    list.rejected(lane(1));
    list.next(10);
    assertFalse(list.dropSilent(10));
    assertTrue(list.isEmpty());
  }

  @Test
  void aFullListLeavesLanesOutAndCountsThem() {
    for (int i = 0; i < WakeList.MAX + 2; i++) {
      list.rejected(lane(i));
    }
    assertEquals(WakeList.MAX, list.size());
    assertEquals(2, list.leftOut());
  }
}
