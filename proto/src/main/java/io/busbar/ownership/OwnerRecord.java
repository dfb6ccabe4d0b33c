package io.busbar.ownership;

import java.util.List;
import java.util.Objects;

/**
 * All that is known of a key.
 *
 * @param key its name
 * @param state what it is
 * @param holder who holds it, or held it last; null = nobody ever did
 * @param epoch the fencing token, 0 = never owned; grows with each change of the holder and is
 *     below 2^53
 * @param target host that a sealed key is for; "" = any
 * @param reservation null = none, or one that may be over
 * @param changed time of the last change, ms since 1970, on the clock of who asked for it; for
 *     people, never for ordering
 * @param done the last changes by request id, newest last, so that a repeat gets the same answer
 */
public record OwnerRecord(
    String key,
    OwnerState state,
    Holder holder,
    long epoch,
    String target,
    Reservation reservation,
    long changed,
    List<Done> done) {
  /** Most changes remembered. */
  public static final int DONE = 4;

  public OwnerRecord {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(target, "target");
    done = List.copyOf(done);
  }

  /**
   * The key is kept for a host that has asked for it once.
   *
   * @param until end, ms since 1970
   */
  public record Reservation(Holder holder, long until) {}

  /**
   * A change that was made.
   *
   * @param request its id
   * @param epoch the key's after it
   */
  public record Done(long request, OwnerCode code, long epoch) {}

  public boolean isHeld() {
    return state.isHeld();
  }

  /** Whether that session holds it. */
  public boolean isHeldBy(Holder session) {
    return isHeld() && session.equals(holder);
  }

  /** Name of the host that holds it, "" = nobody. */
  public String owner() {
    return isHeld() ? holder.host() : "";
  }
}
