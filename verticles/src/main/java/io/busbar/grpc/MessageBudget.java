package io.busbar.grpc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that one lane may hold in messages which have not arrived in full. Without it, many streams
 * could each keep one byte less than the largest message in memory. Taken and freed on one event
 * loop, read on any thread.
 */
public final class MessageBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  public MessageBudget(long limit) {
    this.limit = limit;
  }

  boolean take(long bytes) {
    long now = used.getPlain() + bytes;
    if (now > limit) {
      refused.setOpaque(refused.getPlain() + 1);
      return false;
    }
    used.setOpaque(now);
    return true;
  }

  void free(long bytes) {
    used.setOpaque(used.getPlain() - bytes);
  }

  /** Bytes held now. */
  public long used() {
    return used.getOpaque();
  }

  /** Messages refused so far because the budget was spent. */
  public long refused() {
    return refused.getOpaque();
  }
}
