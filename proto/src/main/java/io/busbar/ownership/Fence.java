package io.busbar.ownership;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.Objects;

/**
 * What a resource keeps per key, so that a paused, cut-off or crashed owner can never write behind
 * the back of a newer one: it remembers the highest epoch seen and its holder, and refuses a lower
 * epoch, and the same epoch from another holder. It asks nobody and needs no clock.
 *
 * <p>The check and the write must be one step for the resource: hold its lock, or do both on its
 * thread, or make the epoch a condition of the write in the store. A fence that forgets is none:
 * begin it with the newest epoch the resource has stored, or use {@link DurableFence}. Thread-safe.
 */
public final class Fence {
  private long epoch;
  private Holder holder;

  /** Nothing was seen yet. */
  public Fence() {}

  /** Goes on where a stored resource was. */
  public Fence(long epoch, Holder holder) {
    this.epoch = epoch;
    this.holder = holder;
  }

  /** What a fence says. */
  public enum Verdict {
    ACCEPTED,
    /** A higher epoch was seen. */
    STALE,
    /** Another holder was seen under this epoch. */
    OTHER_HOLDER,
    /** No epoch: only 1 to 2^53 - 1 are. */
    INVALID
  }

  /** Judges a write, and remembers its epoch if it is accepted. */
  public synchronized Verdict check(long writeEpoch, Holder writer) {
    Verdict verdict = verdict(writeEpoch, writer);
    if (verdict == Verdict.ACCEPTED) {
      epoch = writeEpoch;
      holder = writer;
    }
    return verdict;
  }

  /** Judges a write and remembers nothing. */
  public synchronized Verdict verdict(long writeEpoch, Holder writer) {
    Objects.requireNonNull(writer, "writer");
    if (writeEpoch <= 0 || writeEpoch > Epochs.LARGEST) {
      return Verdict.INVALID;
    } else if (writeEpoch < epoch) {
      return Verdict.STALE;
    } else if (writeEpoch == epoch && holder != null && !holder.equals(writer)) {
      return Verdict.OTHER_HOLDER;
    }
    return Verdict.ACCEPTED;
  }

  /** {@link #check}, with STALE_EPOCH or INVALID_REQUEST for what is refused; null = accepted. */
  public synchronized Failure refuses(long writeEpoch, Holder writer) {
    return switch (check(writeEpoch, writer)) {
      case ACCEPTED -> null;
      case STALE ->
          Failure.of(
              FailureCode.STALE_EPOCH,
              "epoch " + writeEpoch + " of " + writer + " is over, " + epoch + " was seen");
      case OTHER_HOLDER ->
          Failure.of(
              FailureCode.STALE_EPOCH, "epoch " + epoch + " is " + holder + "'s, not " + writer);
      case INVALID ->
          Failure.of(
              FailureCode.INVALID_REQUEST,
              "epoch " + writeEpoch + ", expected 1 to " + Epochs.LARGEST);
    };
  }

  /** Highest epoch seen, 0 = none. */
  public synchronized long epoch() {
    return epoch;
  }

  /** Whose it is, null = not known. */
  public synchronized Holder holder() {
    return holder;
  }
}
