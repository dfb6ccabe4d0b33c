package io.busbar.bus.impl;

/** Where a stream takes memory from, in bytes. */
interface Grants {
  /** Takes that many if the budget has them. */
  boolean tryTake(long bytes);

  /** Takes that many, for what must go on. */
  void take(long bytes);

  void give(long bytes);

  /** Whether so much is taken that windows should shrink. */
  boolean scarce();
}
