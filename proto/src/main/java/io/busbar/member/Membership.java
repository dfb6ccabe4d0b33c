package io.busbar.member;

import com.hazelcast.cluster.InitialMembershipEvent;
import com.hazelcast.cluster.InitialMembershipListener;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Members} on top of Hazelcast's member list. Hazelcast says which members are there (and is
 * asked again at each of its events, so that a missed or reordered event does no harm); {@link
 * #exchange()}, which must be deployed on lane 0, asks newcomers what they are.
 */
public final class Membership implements Members {
  /** Member attribute in which the Vert.x cluster manager keeps the node id. */
  static final String VERTX_NODE_ID_ATTRIBUTE = "__vertx.nodeId";

  /** How long a name may still be held by a member that was killed a moment ago. */
  private static final long NAME_WAIT_MILLIS = 3000;

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final Map<String, UUID> present = new HashMap<>();
  private final NodeExchange exchange;
  private final ClusterSize size;
  private volatile MemberView view = MemberView.EMPTY;
  private volatile NodeInfo self;
  private volatile Consumer<String> refused = reason -> LOG.error("{}", reason);
  private UUID membershipListener;
  private UUID lifecycleListener;

  private Membership(Vertx vertx, HazelcastInstance hazelcast, NodeInfo self) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.self = self;
    this.exchange = new NodeExchange(vertx, this);
    this.size = Voters.size(hazelcast);
  }

  /** Base of the majority, as this node knows it. */
  public ClusterSize size() {
    return size;
  }

  /**
   * Starts to watch the members. Fails with CONFLICT, whose detail says what to do, when this
   * node's name or cluster size excludes it; it must then leave.
   *
   * @param self what this node says of itself; id and incarnation must be set
   */
  public static Future<Membership> start(Vertx vertx, HazelcastInstance hazelcast, NodeInfo self) {
    String member = hazelcast.getCluster().getLocalMember().getUuid().toString();
    Membership membership =
        new Membership(vertx, hazelcast, self.toBuilder().setMember(member).build());
    return membership.admitted().map(v -> membership.begin());
  }

  /** Exchange of {@link NodeInfo} with the other nodes, to be deployed on lane 0. */
  public LaneMember exchange() {
    return exchange;
  }

  /**
   * Sets who is told, with one line for people, when a merge of two halves of the cluster made this
   * node one too many (its name was taken meanwhile). Any thread.
   */
  public void onRefused(Consumer<String> handler) {
    refused = handler;
  }

  /** Stops watching; nobody is told. */
  public void stop() {
    hazelcast.getCluster().removeMembershipListener(membershipListener);
    hazelcast.getLifecycleService().removeLifecycleListener(lifecycleListener);
  }

  private Future<Void> admitted() {
    if (JoinCheck.refusal(hazelcast) == null) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    UUID listener =
        hazelcast
            .getCluster()
            .addMembershipListener(
                new Changes(
                    () -> {
                      if (JoinCheck.refusal(hazelcast) == null) {
                        promise.tryComplete();
                      }
                    }));
    long timer =
        vertx.setTimer(
            NAME_WAIT_MILLIS,
            t -> {
              String refusal = JoinCheck.refusal(hazelcast);
              if (refusal == null) {
                promise.tryComplete();
              } else {
                promise.tryFail(Failure.of(FailureCode.CONFLICT, refusal).toException());
              }
            });
    return promise
        .future()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              hazelcast.getCluster().removeMembershipListener(listener);
            });
  }

  private Membership begin() {
    membershipListener = hazelcast.getCluster().addMembershipListener(new Changes(this::reconcile));
    lifecycleListener =
        hazelcast
            .getLifecycleService()
            .addLifecycleListener(
                event -> {
                  if (event.getState() == LifecycleState.MERGED) {
                    merged();
                  }
                });
    reconcile();
    return this;
  }

  private void merged() {
    String member = hazelcast.getCluster().getLocalMember().getUuid().toString();
    update(node -> node.toBuilder().setMember(member).build());
    reconcile();
    String refusal = JoinCheck.refusal(hazelcast);
    if (refusal != null) {
      refused.accept(refusal);
    }
  }

  /** Brings the view in line with Hazelcast's list. Any thread. */
  private void reconcile() {
    synchronized (this) {
      Map<String, UUID> now = new HashMap<>();
      for (Member member : hazelcast.getCluster().getMembers()) {
        String nodeId = member.getAttribute(VERTX_NODE_ID_ATTRIBUTE);
        if (nodeId != null) {
          now.put(nodeId, member.getUuid());
        }
      }
      List<String> gone =
          present.keySet().stream()
              .filter(nodeId -> !nodeId.equals(self.getNodeId()))
              .filter(nodeId -> !present.get(nodeId).equals(now.get(nodeId)))
              .toList();
      // Before anybody is told of a loss: whether a majority is left is what he may ask next.
      size.seen(Voters.names(hazelcast), gone.stream().anyMatch(this::leavesInOrder));
      gone.forEach(present::remove);
      gone.forEach(this::remove);
      present.putAll(now);
      if (view.byId().get(self.getNodeId()) == null) {
        put(self);
      }
    }
    tellSize();
    exchange.askUnknown();
  }

  private void tellSize() {
    ClusterSize.Known known = size.known();
    update(
        node -> node.toBuilder().setClusterSize(known.size()).setClusterEra(known.era()).build());
  }

  /** Nodes that Hazelcast lists and that have not said yet what they are. */
  synchronized Set<String> unknown() {
    Set<String> ids = new java.util.HashSet<>(present.keySet());
    ids.removeAll(view.byId().keySet());
    return ids;
  }

  /** Names of the members that have not answered on the event bus yet. Any thread. */
  public List<String> unheard() {
    return unknown().stream().map(this::nameOf).sorted().toList();
  }

  /** What Hazelcast says about a node that has not spoken itself; its id when it says nothing. */
  String nameOf(String nodeId) {
    for (Member member : hazelcast.getCluster().getMembers()) {
      if (nodeId.equals(member.getAttribute(VERTX_NODE_ID_ATTRIBUTE))) {
        String name = member.getAttribute(ClusterConfig.NODE_NAME_ATTRIBUTE);
        return name == null ? nodeId : name;
      }
    }
    return nodeId;
  }

  synchronized boolean isPresent(String nodeId) {
    return present.containsKey(nodeId);
  }

  /** Takes what a node says of itself, unless it is not there or something newer is known. */
  void learned(NodeInfo node) {
    if (take(node)) {
      size.learned(new ClusterSize.Known(node.getClusterSize(), node.getClusterEra()));
      tellSize();
    }
  }

  private synchronized boolean take(NodeInfo node) {
    if (node.getNodeId().equals(self.getNodeId()) || !present.containsKey(node.getNodeId())) {
      return false;
    }
    NodeInfo known = view.byId().get(node.getNodeId());
    boolean newer =
        known == null
            || known.getIncarnation() != node.getIncarnation()
            || known.getRevision() < node.getRevision();
    if (newer) {
      put(node);
    }
    return newer;
  }

  @Override
  public NodeInfo self() {
    return self;
  }

  @Override
  public Collection<NodeInfo> nodes() {
    return view.nodes();
  }

  @Override
  public NodeInfo byId(String nodeId) {
    return view.byId().get(nodeId);
  }

  @Override
  public NodeInfo byIncarnation(long incarnation) {
    return view.byIncarnation().get(incarnation);
  }

  @Override
  public NodeInfo byName(String name) {
    return view.byName().get(name);
  }

  @Override
  public boolean wasHere(long incarnation) {
    return view.gone().contains(incarnation);
  }

  @Override
  public void update(UnaryOperator<NodeInfo> change) {
    NodeInfo changed;
    synchronized (this) {
      NodeInfo next = change.apply(self);
      if (next.equals(self)) {
        return;
      }
      changed = next.toBuilder().setRevision(self.getRevision() + 1).build();
      self = changed;
      put(changed);
    }
    exchange.publish(changed);
  }

  @Override
  public Registration listen(Listener listener) {
    Subscriber subscriber = new Subscriber(vertx.getOrCreateContext(), listener);
    synchronized (this) {
      subscribers.add(subscriber);
      for (NodeInfo node : view.nodes()) {
        subscriber.changed(node);
      }
    }
    return () -> {
      synchronized (this) {
        subscriber.closed = true;
        subscribers.remove(subscriber);
      }
    };
  }

  private void put(NodeInfo node) {
    NodeInfo before = view.byId().get(node.getNodeId());
    if (before == null) {
      LOG.info("node {} is there, {} nodes", node.getName(), view.nodes().size() + 1);
    }
    view = view.with(node);
    for (Subscriber subscriber : subscribers) {
      subscriber.changed(node);
    }
  }

  /** Whether it is a node with a vote that had said that it drains. */
  private boolean leavesInOrder(String nodeId) {
    NodeInfo node = view.byId().get(nodeId);
    return node != null && node.getGateway() && node.getDraining();
  }

  private void remove(String nodeId) {
    NodeInfo node = view.byId().get(nodeId);
    if (node == null) {
      return;
    }
    view = view.without(node);
    LOG.info("node {} left, {} nodes", node.getName(), view.nodes().size());
    for (Subscriber subscriber : subscribers) {
      subscriber.left(node);
    }
  }

  /**
   * A listener with its context. Calls are put into the context's queue under the lock: in order.
   */
  private static final class Subscriber {
    private final Context context;
    private final Listener listener;
    private volatile boolean closed;

    Subscriber(Context context, Listener listener) {
      this.context = context;
      this.listener = listener;
    }

    void changed(NodeInfo node) {
      deliver(() -> listener.changed(node));
    }

    void left(NodeInfo node) {
      deliver(() -> listener.left(node));
    }

    private void deliver(Runnable call) {
      context.runOnContext(
          v -> {
            if (!closed) {
              call.run();
            }
          });
    }
  }

  /** Every change of Hazelcast's list is only a reason to look at the list. */
  private record Changes(Runnable look) implements InitialMembershipListener {
    @Override
    public void init(InitialMembershipEvent event) {
      look.run();
    }

    @Override
    public void memberAdded(MembershipEvent event) {
      look.run();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      look.run();
    }
  }
}
