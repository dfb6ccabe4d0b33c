package io.busbar.ownership.map;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryExpiredListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import com.hazelcast.partition.Partition;
import com.hazelcast.query.Predicates;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records in maps of a Hazelcast cluster, from any member of it. */
public final class HazelcastOwners implements OwnerStore {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastOwners.class);

  /** Map of keys. */
  public static final String OWNERS = "busbar-owners";

  /** Map of holder sessions. */
  public static final String SESSIONS = "busbar-owner-sessions";

  /** Map with the one floor. */
  public static final String FLOOR = "busbar-owner-floor";

  private static final String ONLY = "floor";

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final IMap<String, byte[]> owners;
  private final IMap<String, byte[]> sessions;
  private final Entries keyEntries;
  private final Entries sessionEntries;
  private final Entries floorEntries;
  private final KeyBatches batches;

  /** Blocks. */
  public HazelcastOwners(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    owners = hazelcast.getMap(OWNERS);
    HostIndex.add(owners);
    sessions = hazelcast.getMap(SESSIONS);
    IMap<String, Long> floors = hazelcast.getMap(FLOOR);
    keyEntries = new Entries(owners);
    sessionEntries = new Entries(sessions);
    floorEntries = new Entries(floors);
    batches = new KeyBatches(owners, keyEntries);
  }

  /** Sets who is asked before anything changes in entries that this member holds. */
  public void guard(OwnerGuard guard) {
    hazelcast.getUserContext().put(OwnerGuard.NAME, guard);
  }

  /** Entries of keys on this member. Any thread, does not block. */
  public long keysHere() {
    return owners.getLocalMapStats().getOwnedEntryCount();
  }

  @Override
  public Future<OwnerAnswer> apply(String key, OwnerRequest request) {
    return ask(() -> keyEntries.run(key, new DecideProcessor(request)))
        .map(said -> OwnerCodec.answer(key, said));
  }

  @Override
  public Future<Map<String, OwnerAnswer>> applyAll(Collection<String> keys, OwnerRequest request) {
    return ask(() -> batches.apply(keys, request));
  }

  @Override
  public Future<Set<String>> restore(Map<String, byte[]> records, long floor) {
    return ask(() -> batches.restore(records, floor));
  }

  @Override
  public Future<OwnerRecord> get(String key) {
    return ask(() -> keyEntries.<byte[]>get(key)).map(bytes -> OwnerCodec.record(key, bytes));
  }

  @Override
  public Future<Map<String, OwnerRecord>> getAll(Set<String> keys) {
    return ask(() -> batches.read(keys));
  }

  @Override
  public Object place(String key) {
    try {
      Member member = hazelcast.getPartitionService().getPartition(key).getOwner();
      return member == null ? "" : member.getUuid();
    } catch (RuntimeException e) {
      LOG.debug("where {} is cannot be told", key, e);
      return "";
    }
  }

  @Override
  public int partition(String key) {
    return hazelcast.getPartitionService().getPartition(key).getPartitionId();
  }

  @Override
  public Future<Set<String>> keysHere(String host) {
    return blocking(() -> owners.localKeySet(Predicates.equal(HostOf.ATTRIBUTE, host)));
  }

  @Override
  public Future<OwnerPage> list(String host, String after, int limit) {
    FirstKeys first = new FirstKeys(host, after, limit + 1);
    return blocking(
            () ->
                host.isEmpty()
                    ? owners.aggregate(first)
                    : owners.aggregate(first, Predicates.equal(HostOf.ATTRIBUTE, host)))
        .map(HazelcastOwners::records)
        .map(
            found ->
                new OwnerPage(
                    found.size() > limit ? found.subList(0, limit) : found, found.size() > limit));
  }

  private static List<OwnerRecord> records(TreeMap<String, byte[]> found) {
    List<OwnerRecord> records = new ArrayList<>(found.size());
    found.forEach((key, bytes) -> records.add(OwnerCodec.record(key, bytes)));
    return records;
  }

  @Override
  public Future<SessionRecord> session(Holder holder, SessionRequest request) {
    String key = OwnerCodec.sessionKey(holder);
    return ask(() -> sessionEntries.run(key, new SessionProcessor(request)))
        .compose(
            bytes ->
                bytes == null
                    ? Future.failedFuture(
                        Failure.of(
                                FailureCode.NO_MAJORITY,
                                "less than a majority of the cluster's nodes is there")
                            .toException())
                    : Future.succeededFuture(OwnerCodec.session(bytes)));
  }

  @Override
  public Future<SessionRecord> session(Holder holder) {
    return ask(() -> sessionEntries.<byte[]>get(OwnerCodec.sessionKey(holder)))
        .map(OwnerCodec::session);
  }

  @Override
  public Future<Map<Holder, SessionRecord>> sessions() {
    return blocking(
        () -> {
          Map<Holder, SessionRecord> all = new HashMap<>();
          sessions
              .entrySet()
              .forEach(
                  entry ->
                      all.put(
                          OwnerCodec.sessionHolder(entry.getKey()),
                          OwnerCodec.session(entry.getValue())));
          return all;
        });
  }

  @Override
  public Future<Long> floor() {
    return ask(() -> floorEntries.<Long>get(ONLY)).map(floor -> floor == null ? 0 : floor);
  }

  @Override
  public Future<Long> raiseFloor(long epoch) {
    return ask(() -> floorEntries.run(ONLY, new FloorProcessor(epoch)));
  }

  @Override
  public Future<List<OwnerRecord>> unused(long since, int limit) {
    return blocking(() -> owners.aggregate(FirstKeys.unused(since, limit)))
        .map(HazelcastOwners::records);
  }

  private static <T> Future<T> ask(Supplier<Future<T>> question) {
    return safely(question).recover(cause -> Future.failedFuture(unreachable(cause)));
  }

  /** Hazelcast throws at once when it has stopped. */
  private static <T> Future<T> safely(Supplier<Future<T>> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Future<T> blocking(Callable<T> question) {
    return vertx
        .executeBlocking(question, false)
        .recover(cause -> Future.failedFuture(unreachable(cause)));
  }

  private static Throwable unreachable(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return Failure.of(
            FailureCode.UNAVAILABLE,
            "the record of ownership did not answer: "
                + cause.getClass().getSimpleName()
                + ": "
                + cause.getMessage())
        .toException();
  }

  // ---- listeners ----

  @Override
  public void listen(Listener listener) {
    boolean holdsData = !hazelcast.getCluster().getLocalMember().isLiteMember();
    if (holdsData) {
      owners.addLocalEntryListener(new Merges(listener));
      hazelcast.getPartitionService().addMigrationListener(new ArrivedPartitions(listener));
    }
    UUID self = hazelcast.getCluster().getLocalMember().getUuid();
    sessions.addEntryListener(new SessionEvents(this, listener, self), true);
    // Not the map's own listener: that one is told over the cluster, also of members that hang.
    int copies = hazelcast.getConfig().findMapConfig(owners.getName()).getTotalBackupCount();
    hazelcast
        .getPartitionService()
        .addPartitionLostListener(
            event -> {
              if (event.getLostBackupCount() >= copies) {
                listener.lost();
              }
            });
  }

  @Override
  public Runnable onMerge(Runnable begins, Runnable ended) {
    UUID listener =
        hazelcast
            .getLifecycleService()
            .addLifecycleListener(
                event -> {
                  switch (event.getState()) {
                    case MERGING -> begins.run();
                    case MERGED -> ended.run();
                    default -> {}
                  }
                });
    return () -> hazelcast.getLifecycleService().removeLifecycleListener(listener);
  }

  private boolean isHere(String sessionKey) {
    Partition partition = hazelcast.getPartitionService().getPartition(sessionKey);
    return partition.getOwner() != null && partition.getOwner().localMember();
  }

  /** What requests change is told by their processors, without a look at each entry's bytes. */
  private record Merges(Listener listener) implements EntryMergedListener<String, byte[]> {
    @Override
    public void entryMerged(EntryEvent<String, byte[]> event) {
      String key = event.getKey();
      listener.changed(
          key,
          OwnerCodec.record(key, event.getOldValue()),
          OwnerCodec.record(key, event.getValue()));
    }
  }

  private record SessionEvents(HazelcastOwners owners, Listener listener, UUID self)
      implements EntryAddedListener<String, byte[]>,
          EntryUpdatedListener<String, byte[]>,
          EntryRemovedListener<String, byte[]>,
          EntryExpiredListener<String, byte[]>,
          EntryMergedListener<String, byte[]> {
    private void tell(EntryEvent<String, byte[]> event) {
      String key = event.getKey();
      SessionRecord before = OwnerCodec.session(event.getOldValue());
      SessionRecord after = OwnerCodec.session(event.getValue());
      boolean endedNow = after != null && after.ended() && (before == null || !before.ended());
      listener.session(OwnerCodec.sessionHolder(key), after, endedNow, owners.isHere(key));
    }

    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      tell(event);
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      tell(event);
    }

    @Override
    public void entryRemoved(EntryEvent<String, byte[]> event) {
      listener.session(OwnerCodec.sessionHolder(event.getKey()), null, false, false);
    }

    @Override
    public void entryExpired(EntryEvent<String, byte[]> event) {
      listener.session(OwnerCodec.sessionHolder(event.getKey()), null, false, false);
    }

    @Override
    public void entryMerged(EntryEvent<String, byte[]> event) {
      tell(event);
    }
  }
}
