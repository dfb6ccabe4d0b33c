package io.busbar.worker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private final Slots slots = new Slots(2);

  @Test
  void noMoreSlotsAreTakenThanThereAre() {
    assertTrue(slots.take());
    assertTrue(slots.take());
    assertFalse(slots.take());
    slots.free();
    assertTrue(slots.take());
  }

  @Test
  void aSlotIsGivenBackOnce() {
    slots.take();
    slots.free();
    assertThrows(IllegalStateException.class, slots::free);
  }

  @Test
  void idleIsToldWhenTheLastSlotIsGivenBack() {
    slots.take();
    slots.take();
    Future<Void> idle = slots.whenIdle();
    slots.free();
    assertFalse(idle.isComplete());
    slots.free();
    assertTrue(idle.succeeded());
  }

  @Test
  void idleIsToldAtOnceWhenNothingRuns() {
    assertTrue(slots.whenIdle().succeeded());
  }
}
