package io.busbar.bus.impl;

import io.busbar.bus.MemoryBudget;

/**
 * A lane's hold on the node's budget: takes from it in blocks, so that small streams that come and
 * go touch no shared counter.
 */
final class LaneMemory implements Grants {
  /** Largest block kept, per lane. */
  private static final long MAX_BLOCK = 1 << 20;

  private final MemoryBudget budget;
  private final long block;
  private long spare;

  LaneMemory(MemoryBudget budget) {
    this.budget = budget;
    this.block = Math.min(MAX_BLOCK, budget.total() / 64);
  }

  @Override
  public boolean tryTake(long bytes) {
    if (spare >= bytes) {
      spare -= bytes;
      return true;
    }
    if (budget.tryTake(bytes - spare + block)) {
      spare = block;
      return true;
    }
    if (budget.tryTake(bytes - spare)) {
      spare = 0;
      return true;
    }
    return false;
  }

  @Override
  public void take(long bytes) {
    if (!tryTake(bytes)) {
      budget.take(bytes - spare);
      spare = 0;
    }
  }

  @Override
  public void give(long bytes) {
    spare += bytes;
    if (spare > 2 * block) {
      budget.give(spare - block);
      spare = block;
    }
  }

  @Override
  public boolean scarce() {
    return budget.used() > budget.total() - (budget.total() >> 3);
  }

  /** Gives back what the lane keeps in hand; what streams hold they give themselves. */
  void close() {
    budget.give(spare);
    spare = 0;
  }

  /** What may be kept for a rewind: all of it, or nothing when memory runs low. */
  long affordable(long replay) {
    return scarce() ? 0 : replay;
  }
}
