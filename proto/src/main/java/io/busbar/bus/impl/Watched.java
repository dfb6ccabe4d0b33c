package io.busbar.bus.impl;

/** Something that must be looked at now and then while it waits for somebody else. */
abstract class Watched {
  /** Place in its {@link Watch}, -1 = not watched. */
  int place = -1;

  abstract void tick(long now);
}
