package io.busbar.grpc;

/**
 * Bytes that one lane may hold in messages which have not arrived in full. Without it, many streams
 * could each keep one byte less than the largest message in memory. Belongs to one event loop.
 */
public final class MessageBudget {
  private final long limit;
  private long used;
  private long refused;

  public MessageBudget(long limit) {
    this.limit = limit;
  }

  boolean take(long bytes) {
    if (used + bytes > limit) {
      refused++;
      return false;
    }
    used += bytes;
    return true;
  }

  void free(long bytes) {
    used -= bytes;
  }

  /** Bytes held now. */
  public long used() {
    return used;
  }

  /** Messages refused so far because the budget was spent. */
  public long refused() {
    return refused;
  }
}
