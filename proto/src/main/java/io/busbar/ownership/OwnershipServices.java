package io.busbar.ownership;

import io.busbar.bus.Service;
import io.busbar.bus.v1.ClockReading;

/** Services of the ownership primitive, on lane 0 of every node. */
public final class OwnershipServices {
  /** What is your clock? The question tells the asker's. */
  public static final Service<ClockReading, ClockReading> CLOCK =
      Service.of("ownership.clock", ClockReading.parser(), ClockReading.parser());

  private OwnershipServices() {}
}
