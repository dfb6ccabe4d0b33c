package io.busbar.ownership.rules;

import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;

/** What can be asked of a key's entry. All that the decision needs travels in it. */
public sealed interface OwnerRequest {
  Stamp stamp();

  /**
   * Of each request.
   *
   * @param id random; a repeat carries the same
   * @param clock the requester's, ms since 1970
   * @param floor no new epoch is at or below it
   */
  record Stamp(long id, long clock, long floor) {}

  /**
   * Somebody wants a key.
   *
   * @param ended the session that is known to be over, null = none
   * @param proposed smallest new epoch, 0 = any
   */
  record ClaimKey(Stamp stamp, Holder holder, Holder ended, long proposed)
      implements OwnerRequest {}

  /** Is the epoch still the key's? */
  record Check(Stamp stamp, long epoch) implements OwnerRequest {}

  /**
   * The holder has stopped writing.
   *
   * @param target host it is for, "" = any
   */
  record Seal(Stamp stamp, long epoch, String target) implements OwnerRequest {}

  /** The holder writes again. */
  record Unseal(Stamp stamp, long epoch) implements OwnerRequest {}

  /**
   * Another holder gets it.
   *
   * @param onlySealed it must be sealed
   */
  record Move(Stamp stamp, long epoch, Holder to, boolean onlySealed) implements OwnerRequest {}

  /** The holder gives it back. */
  record Release(Stamp stamp, long epoch) implements OwnerRequest {}

  /** What is left of a key that nobody holds is forgotten, if the floor covers its epoch. */
  record Drop(Stamp stamp, long epoch) implements OwnerRequest {}

  /**
   * ConfirmOwner, table 2.4 from row 5 on, and 3.3 when it has an epoch.
   *
   * @param reserveMillis 0 = no reservation, an owner at once
   * @param epoch smallest new one, or the one the host has; 0 = it knows none
   * @param handoff the present owner says so
   * @param owner host whose state is told
   * @param ownerState of that host
   */
  record Confirm(
      Stamp stamp,
      Holder newHost,
      long reserveMillis,
      long epoch,
      boolean handoff,
      String owner,
      HostState ownerState)
      implements OwnerRequest {}
}
