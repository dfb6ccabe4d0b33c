package io.busbar.ownership;

import java.util.Objects;

/**
 * A request of ControlPlane's ConfirmOwner kind: a host outside claims a key, or its owner
 * announces that it goes to a host. Decided by table 2.4 of the protocol page from row 5 on, in the
 * key's entry. Rows 1 to 4 do not depend on the key and are the caller's.
 *
 * @param key the key
 * @param newHost who is to own it; its incarnation is 0 for a peer that sends none
 * @param reserveMillis how long a free key is reserved for a host without epochs before it asks
 *     again; 0 = it becomes the owner at once
 * @param epoch smallest new epoch that the host proposes, or the one it has; 0 = it knows no epochs
 * @param handoff the request comes from the present owner's host, or quotes it as such
 * @param requestId repeats with one id get one answer; 0 = one is made
 */
public record ConfirmOwner(
    String key, Holder newHost, long reserveMillis, long epoch, boolean handoff, long requestId) {
  /** How long row 5 reserves a key. */
  public static final long RESERVE_MILLIS = 5000;

  public ConfirmOwner {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(newHost, "newHost");
  }

  /** As a peer of the first version sends it. */
  public static ConfirmOwner of(String key, String newHost) {
    return new ConfirmOwner(key, new Holder(newHost, 0), RESERVE_MILLIS, 0, false, 0);
  }

  public ConfirmOwner withEpoch(long value) {
    return new ConfirmOwner(key, newHost, reserveMillis, value, handoff, requestId);
  }

  public ConfirmOwner withHandoff(boolean value) {
    return new ConfirmOwner(key, newHost, reserveMillis, epoch, value, requestId);
  }

  public ConfirmOwner withRequestId(long id) {
    return new ConfirmOwner(key, newHost, reserveMillis, epoch, handoff, id);
  }
}
