package io.busbar.ownership.rules;

import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import java.util.List;

/**
 * Which of two records of one key stands when two halves of a cluster merge: the one with the
 * higher epoch. Both halves may have granted the same epoch before the split was noticed; then
 * nobody keeps the key, and its epoch is used up.
 */
public final class MergeRules {
  private MergeRules() {}

  /**
   * @param winner what stands; null = nothing
   * @param loser what was held by somebody who is to be told that it is not any more; null = nobody
   */
  public record Merged(OwnerRecord winner, OwnerRecord loser) {}

  /** Either may be null = no record. The order does not matter. */
  public static Merged merge(OwnerRecord one, OwnerRecord other) {
    if (one == null || other == null) {
      return new Merged(one == null ? other : one, null);
    } else if (one.epoch() != other.epoch()) {
      OwnerRecord high = one.epoch() > other.epoch() ? one : other;
      OwnerRecord low = high == one ? other : one;
      return new Merged(high, low.isHeld() ? low : null);
    } else if (one.isHeld() && other.isHeld() && !one.holder().equals(other.holder())) {
      return tie(one, other);
    }
    // Mostly the same grant on both sides: the later step of its life stands.
    OwnerRecord later = step(one) >= step(other) ? one : other;
    OwnerRecord earlier = later == one ? other : one;
    boolean lost = earlier.isHeld() && !earlier.holder().equals(later.holder());
    return new Merged(later, lost ? earlier : null);
  }

  private static int step(OwnerRecord record) {
    return record.state().ordinal();
  }

  private static Merged tie(OwnerRecord one, OwnerRecord other) {
    OwnerRecord first =
        one.holder().toString().compareTo(other.holder().toString()) < 0 ? one : other;
    OwnerRecord nobody =
        new OwnerRecord(
            first.key(),
            OwnerState.RELEASED,
            first.holder(),
            first.epoch() + 1,
            "",
            null,
            Math.max(one.changed(), other.changed()),
            List.of());
    return new Merged(nobody, first == one ? other : one);
  }
}
