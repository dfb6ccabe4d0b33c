package io.busbar.member;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.map.IMap;
import com.hazelcast.multimap.MultiMap;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastNodeInfo;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Vert.x cluster manager for Hazelcast, able to check and mend what it keeps there. After a
 * partition or a freeze the table of consumers can lack entries of nodes that live, hold entries of
 * nodes that are gone, and a node's cached selection of receivers can stay stale for ever: the
 * event bus ignores the manager's word that registrations were lost. So this class remembers what
 * this node registered and which addresses it selected receivers for.
 */
public final class BusClusterManager extends HazelcastClusterManager {
  private static final Logger LOG = LoggerFactory.getLogger(BusClusterManager.class);
  private static final String SUBSCRIPTIONS = "__vertx.subs";
  private static final String NODE_INFOS = "__vertx.nodeInfo";

  private final Map<String, Set<RegistrationInfo>> own = new ConcurrentHashMap<>();
  private final Set<String> selected = ConcurrentHashMap.newKeySet();
  private final HazelcastInstance member;
  private volatile Set<HazelcastRegistrationInfo> suspects = Set.of();
  private volatile Runnable lossHandler = () -> {};
  private RegistrationListener listener;
  private LinkLoops links;
  private Vertx vertx;

  private BusClusterManager(HazelcastInstance member) {
    super(member);
    this.member = member;
  }

  /** A Vertx in the cluster, and its manager. */
  public record Clustered(Vertx vertx, BusClusterManager manager) {}

  /**
   * Joins the cluster and builds the Vertx; nothing of it is left when that fails. Closing the
   * Vertx leaves the cluster. Does not block: joining, which takes seconds, has a thread of its
   * own.
   */
  public static Future<Clustered> build(VertxBuilder builder, Config config) {
    Promise<BusClusterManager> joined = Promise.promise();
    new Thread(
            () -> {
              try {
                joined.complete(start(config));
              } catch (Throwable e) {
                joined.fail(e);
              }
            },
            "busbar-join")
        .start();
    return joined
        .future()
        .compose(
            manager ->
                builder
                    .withClusterManager(manager)
                    .buildClustered()
                    .map(vertx -> new Clustered(vertx, manager))
                    .onFailure(why -> new Thread(manager::end, "busbar-leave").start()));
  }

  private static BusClusterManager start(Config config) {
    config
        .getMemberAttributeConfig()
        .setAttribute(Membership.VERTX_NODE_ID_ATTRIBUTE, UUID.randomUUID().toString());
    return new BusClusterManager(ClusterMember.start(config));
  }

  private void end() {
    try {
      if (member.getLifecycleService().isRunning()) {
        member.getLifecycleService().shutdown();
      }
    } catch (RejectedExecutionException e) {
      LOG.warn("the cluster was left without handing over what this node kept", e);
      member.getLifecycleService().terminate();
    }
  }

  /**
   * What one check found and mended.
   *
   * @param restored own entries that were missing
   * @param dropped entries of nodes that are gone
   */
  public record Findings(int restored, int dropped) {}

  /**
   * Sets who is told that an own entry vanished, or that two halves of the cluster merged: a reason
   * to check at once. Called on Hazelcast's threads.
   */
  public void onLoss(Runnable handler) {
    lossHandler = handler;
  }

  /**
   * Checks the cluster's table against what is true, mends it, and refreshes this node's caches.
   */
  public Future<Findings> repair() {
    return vertx.executeBlocking(this::repairNow, false);
  }

  private Findings repairNow() {
    Set<String> members = new HashSet<>();
    for (Member member : getHazelcastInstance().getCluster().getMembers()) {
      members.add(member.getAttribute(Membership.VERTX_NODE_ID_ATTRIBUTE));
    }
    MultiMap<String, HazelcastRegistrationInfo> table = subscriptions();
    int restored = restoreNodeInfo() + restoreOwn(table);
    int dropped = dropDead(table, members);
    refreshSelected(table);
    return new Findings(restored, dropped);
  }

  private int restoreNodeInfo() {
    IMap<String, HazelcastNodeInfo> infos = getHazelcastInstance().getMap(NODE_INFOS);
    NodeInfo info = getNodeInfo();
    if (info == null || infos.containsKey(getNodeId())) {
      return 0;
    }
    infos.set(getNodeId(), new HazelcastNodeInfo(info));
    return 1;
  }

  private int restoreOwn(MultiMap<String, HazelcastRegistrationInfo> table) {
    int restored = 0;
    for (Map.Entry<String, Set<RegistrationInfo>> entry : own.entrySet()) {
      Collection<HazelcastRegistrationInfo> there = table.get(entry.getKey());
      for (RegistrationInfo registration : entry.getValue()) {
        HazelcastRegistrationInfo wrapped = new HazelcastRegistrationInfo(registration);
        if (!there.contains(wrapped)) {
          table.put(entry.getKey(), wrapped);
          restored++;
          if (!isOwn(entry.getKey(), registration)) {
            // Unregistered between the look and the write.
            table.remove(entry.getKey(), wrapped);
          }
        }
      }
    }
    return restored;
  }

  /**
   * Drops what belongs to nobody at two checks in a row: a node that joins may have written its
   * entries before this node heard of it.
   */
  private int dropDead(MultiMap<String, HazelcastRegistrationInfo> table, Set<String> members) {
    Set<HazelcastRegistrationInfo> doubtful = new HashSet<>();
    int dropped = 0;
    for (Map.Entry<String, HazelcastRegistrationInfo> entry : table.entrySet()) {
      HazelcastRegistrationInfo registration = entry.getValue();
      if (members.contains(registration.unwrap().nodeId())) {
        continue;
      }
      if (!suspects.contains(registration)) {
        doubtful.add(registration);
      } else if (table.remove(entry.getKey(), registration)) {
        dropped++;
      }
    }
    for (HazelcastRegistrationInfo gone : suspects) {
      String nodeId = gone.unwrap().nodeId();
      if (!members.contains(nodeId)) {
        getHazelcastInstance().getMap(NODE_INFOS).delete(nodeId);
      }
    }
    suspects = doubtful;
    return dropped;
  }

  /** Changes that were made on the other side of a split are never announced here. */
  private void refreshSelected(MultiMap<String, HazelcastRegistrationInfo> table) {
    selected.removeIf(address -> !listener.wantsUpdatesFor(address));
    for (String address : selected) {
      List<RegistrationInfo> now = new ArrayList<>();
      for (HazelcastRegistrationInfo registration : table.get(address)) {
        now.add(registration.unwrap());
      }
      listener.registrationsUpdated(new RegistrationUpdateEvent(address, now));
    }
  }

  private MultiMap<String, HazelcastRegistrationInfo> subscriptions() {
    return getHazelcastInstance().getMultiMap(SUBSCRIPTIONS);
  }

  private boolean isOwn(String address, RegistrationInfo registration) {
    return own.getOrDefault(address, Set.of()).contains(registration);
  }

  @Override
  public void init(Vertx owner) {
    super.init(owner);
    vertx = owner;
    links = new LinkLoops(owner);
  }

  @Override
  public void join(Completable<Void> promise) {
    Promise<Void> joined = Promise.promise();
    super.join(joined);
    joined
        .future()
        .compose(v -> vertx.executeBlocking(this::watchOwn))
        .<Void>mapEmpty()
        .onComplete(promise);
  }

  @Override
  public void leave(Completable<Void> promise) {
    if (!member.getLifecycleService().isRunning()) {
      // It is gone already; there is nothing left to take back in the cluster.
      promise.succeed();
      return;
    }
    Promise<Void> left = Promise.promise();
    super.leave(left);
    left.future()
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      end();
                      return null;
                    },
                    false))
        .onComplete(promise);
  }

  /** Where other nodes reach the event bus unless its options say: where they reach the member. */
  @Override
  public String clusterPublicHost() {
    return member.getConfig().getNetworkConfig().getPublicAddress() == null
        ? null
        : member.getCluster().getLocalMember().getAddress().getHost();
  }

  private Object watchOwn() {
    return subscriptions()
        .addEntryListener(
            new EntryAdapter<String, HazelcastRegistrationInfo>() {
              @Override
              public void entryRemoved(EntryEvent<String, HazelcastRegistrationInfo> event) {
                HazelcastRegistrationInfo removed = event.getOldValue();
                if (removed != null && isOwn(event.getKey(), removed.unwrap())) {
                  LOG.warn("own registration of {} was removed by another node", event.getKey());
                  lossHandler.run();
                }
              }
            },
            true);
  }

  /** Called on the event loop on which the event bus listens. */
  @Override
  public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
    links.readsHere();
    new RepeatedWrite(
            "address of this node", written -> super.setNodeInfo(info, written), () -> true)
        .make()
        .onComplete(promise);
  }

  /** Asked by the event bus when it has no link to that node; opens it from where this answers. */
  @Override
  public void getNodeInfo(String nodeId, Completable<NodeInfo> promise) {
    Promise<NodeInfo> found = Promise.promise();
    super.getNodeInfo(nodeId, found);
    found
        .future()
        .onComplete(
            (info, failure) -> {
              Context there = links.next();
              if (there == null) {
                promise.complete(info, failure);
              } else {
                there.runOnContext(nothing -> promise.complete(info, failure));
              }
            });
  }

  @Override
  public synchronized void stateChanged(LifecycleEvent event) {
    super.stateChanged(event);
    if (event.getState() == LifecycleState.MERGED) {
      lossHandler.run();
    }
  }

  @Override
  public void registrationListener(RegistrationListener registrationListener) {
    super.registrationListener(registrationListener);
    listener = registrationListener;
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    selected.add(address);
    super.getRegistrations(address, promise);
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    if (!registration.localOnly()) {
      own.computeIfAbsent(address, a -> ConcurrentHashMap.newKeySet()).add(registration);
    }
    new RepeatedWrite(
            "consumer of " + address,
            written -> super.addRegistration(address, registration, written),
            () -> isOwn(address, registration))
        .make()
        .onComplete(promise);
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    own.computeIfPresent(
        address,
        (a, registrations) -> {
          registrations.remove(registration);
          return registrations.isEmpty() ? null : registrations;
        });
    new RepeatedWrite(
            "removed consumer of " + address,
            written -> super.removeRegistration(address, registration, written),
            () -> !isOwn(address, registration))
        .make()
        .onComplete(promise);
  }
}
