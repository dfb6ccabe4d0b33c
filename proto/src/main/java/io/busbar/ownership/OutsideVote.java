package io.busbar.ownership;

import io.vertx.core.Future;

/**
 * What hosts outside, which do not ask our nodes who owns a key, say to a claim of ours. Asked
 * after the key's entry granted it and before the claimant is told: a grant that they refuse is
 * given back.
 */
@FunctionalInterface
public interface OutsideVote {
  /** There are no such hosts. */
  OutsideVote NONE = granted -> null;

  /**
   * Asks them. Called on the claim's lane, must not block; the future may complete on any thread
   * and fails with a {@link io.busbar.failure.Failure}.
   *
   * @param granted the key as it was granted just now
   * @return null = nobody has to be asked; null in the future = they agree; else who owns the key
   *     among them, by their word
   */
  Future<Holder> ask(OwnerRecord granted);
}
