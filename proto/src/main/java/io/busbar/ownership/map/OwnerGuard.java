package io.busbar.ownership.map;

import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;

/**
 * Asked by each processor on the member that holds the entry, and told by the merge policy. One per
 * member, in its user context; a member without one changes nothing.
 */
public interface OwnerGuard {
  /** Name in the user context. */
  String NAME = "busbar-ownership";

  /** Null = a change is allowed here now. Must not block. */
  OwnerCode refuses(boolean newKey);

  /** An entry for a new key was made here. */
  void created();

  /** A record did not stand in a merge. */
  void superseded(OwnerRecord loser, OwnerRecord winner);
}
