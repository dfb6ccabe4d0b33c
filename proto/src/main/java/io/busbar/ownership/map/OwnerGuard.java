package io.busbar.ownership.map;

import com.hazelcast.core.HazelcastInstance;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;

/**
 * Asked and told by each processor on the member that holds the entry, and told by the merge
 * policy. One per member, in its user context; a member without one changes nothing.
 */
public interface OwnerGuard {
  /** Name in the user context. */
  String NAME = "busbar-ownership";

  /** Of a member; null = it has just joined, or holds no data. */
  static OwnerGuard of(HazelcastInstance hazelcast) {
    return hazelcast != null && hazelcast.getUserContext().get(NAME) instanceof OwnerGuard guard
        ? guard
        : null;
  }

  /** Null = a change is allowed here now. Must not block. */
  OwnerCode refuses(boolean newKey);

  /** An entry for a new key was made here. */
  void created();

  /**
   * A request changed an entry that is here. On a thread of the store that must not be kept.
   *
   * @param before null = none
   * @param after null = none
   */
  void changed(String key, OwnerRecord before, OwnerRecord after);

  /**
   * An entry that is here, or its copy, is this now; to be kept over a stop. Must not block.
   *
   * @param record null = gone
   */
  default void keep(String key, byte[] record) {}

  /** The same for a session. */
  default void keepSession(String key, byte[] record) {}

  /** A record did not stand in a merge. */
  void superseded(OwnerRecord loser, OwnerRecord winner);
}
