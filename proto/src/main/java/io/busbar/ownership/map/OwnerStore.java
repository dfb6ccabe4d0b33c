package io.busbar.ownership.map;

import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the records are. Futures may complete on any thread. A change that is answered is on enough
 * members to survive the loss of less than half of them; a failed future of a change says nothing:
 * repeat it with the same request id.
 */
public interface OwnerStore {
  /** Decides a request in the key's entry. */
  Future<OwnerAnswer> apply(String key, OwnerRequest request);

  /**
   * Decides one request, with one id, in the entries of several keys: one message for all keys of a
   * partition. Keys that did not answer are not in the map; ask them one by one, with that request.
   */
  Future<Map<String, OwnerAnswer>> applyAll(Collection<String> keys, OwnerRequest request);

  /**
   * Brings records back that outlived a stop on a disk, unless the entries have newer ones, or none
   * and the record is not above the floor. The keys for which that was decided; ask again for the
   * others.
   */
  Future<Set<String>> restore(Map<String, byte[]> records, long floor);

  /** Null in the future = none. */
  Future<OwnerRecord> get(String key);

  /** The same for several keys with few messages; keys without a record are not in the map. */
  Future<Map<String, OwnerRecord>> getAll(Set<String> keys);

  /** Where a key's entry is: equal for keys of one member. Does not block. */
  Object place(String key);

  /** Keys that a host holds, of those whose entries are on this member. */
  Future<Set<String>> keysHere(String host);

  /** Number of the partition of a key: all its keys are on one member. Does not block. */
  int partition(String key);

  /** Keys that somebody holds, by name; those of one host without a look at others'. */
  Future<OwnerPage> list(String host, String after, int limit);

  /**
   * Decides a request in a session's entry; the record after it. Fails with NO_MAJORITY where less
   * than a majority is.
   */
  Future<SessionRecord> session(Holder holder, SessionRequest request);

  /** Null in the future = none. */
  Future<SessionRecord> session(Holder holder);

  /** All that are kept. */
  Future<Map<Holder, SessionRecord>> sessions();

  /** No new epoch is at or below it. */
  Future<Long> floor();

  /** Raises it, if it is lower. */
  Future<Long> raiseFloor(long epoch);

  /**
   * Some records of keys that nobody holds, not changed since.
   *
   * @param since ms since 1970
   */
  Future<List<OwnerRecord>> unused(long since, int limit);

  /** Tells what changes. Any thread. */
  void listen(Listener listener);

  /**
   * Tells when this member goes over to the cluster of the others with what it has. On a thread
   * that waits for the listener.
   *
   * @param begins nothing of it was given up yet; may be told without an end
   * @param ended it is a member there, and all that it had was merged
   * @return ends it
   */
  Runnable onMerge(Runnable begins, Runnable ended);

  /** Told of changes, on threads that must not be kept. */
  interface Listener {
    /**
     * A key whose entry this member holds has another record, by a request or after two halves
     * merged.
     *
     * @param before null = none
     * @param after null = none
     */
    void changed(String key, OwnerRecord before, OwnerRecord after);

    /** Two halves merged, and this record does not stand. */
    void superseded(OwnerRecord loser, OwnerRecord winner);

    /**
     * A session, wherever its entry is.
     *
     * @param after null = none
     * @param here its entry is on this member
     */
    void session(Holder holder, SessionRecord after, boolean endedNow, boolean here);

    /** Entries of a partition that another member had are here now. */
    void arrived(int partition);

    /** Records may be lost, all copies of some are gone. */
    void lost();
  }
}
