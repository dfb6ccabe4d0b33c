package io.busbar.registry;

import io.busbar.bus.Addresses;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.Room;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.member.Members;
import io.busbar.worker.WorkerServices;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's {@link WorkerView}: reads what the lanes of all nodes announce, and asks a lane
 * for its full list when its node joined and when an announcement is missing; now and then it asks
 * whether one is. One per node, on one lane.
 */
public final class RegistryMember implements LaneMember {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryMember.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final long AUDIT = 30_000;
  private static final long FIRST_PAUSE = 250;
  private static final long LONGEST_PAUSE = 30_000;

  private final WorkerView view;
  private final Members members;
  private final Map<Endpoint, Asking> asking = new HashMap<>();
  private Set<String> strangers = new HashSet<>();

  private Lane lane;
  private MessageConsumer<WorkerChanged> consumer;
  private Members.Registration registration;
  private Lane.Timer audit;
  private boolean stopped;

  public RegistryMember(WorkerView view, Members members) {
    this.view = view;
    this.members = members;
  }

  /** A lane whose list is wanted. */
  private static final class Asking {
    long pause = FIRST_PAUSE;
    boolean again;

    /** Something is missing; else it is asked only whether something is. */
    boolean whole;

    Lane.Timer retry;
  }

  @Override
  public Future<?> start(Lane on) {
    lane = on;
    consumer = lane.context().owner().eventBus().consumer(Addresses.WORKERS);
    consumer.handler(message -> announced(message.body()));
    registration =
        members.listen(
            new Members.Listener() {
              @Override
              public void changed(NodeInfo node) {
                nodeChanged(node);
              }

              @Override
              public void left(NodeInfo node) {
                nodeLeft(node);
              }
            });
    audit = lane.timer(AUDIT, this::audit);
    return consumer.completion();
  }

  NodeWorkers.Result announced(WorkerChanged message) {
    if (stopped || (members.byId(message.getNodeId()) == null && wasHere(message))) {
      // A late word of a node that is gone must not bring its workers back.
      return NodeWorkers.Result.APPLIED;
    }
    WorkerView.Change change = view.apply(message);
    if (change.result() == NodeWorkers.Result.HOLE) {
      ask(new Endpoint(message.getNodeId(), message.getLane()));
    }
    long now = lane.now();
    for (WorkerCell cell : change.heard()) {
      if (cell.pool().waiting().get() > 0 && cell.hasRoom(now)) {
        wake(cell);
      }
    }
    return change.result();
  }

  private boolean wasHere(WorkerChanged message) {
    return members.wasHere(message.getNodeIncarnation());
  }

  /** Tells the queue of the worker's pool on this node. */
  private void wake(WorkerCell cell) {
    int lanes = Math.max(1, members.self().getLanes());
    lane.send(
        new Endpoint(lane.endpoint().node(), cell.pool().homeLane(lanes)),
        Item.newBuilder()
            .setRoom(
                Room.newBuilder()
                    .setPool(cell.pool().name())
                    .setNodeId(cell.nodeId())
                    .setWorker(cell.workerId()))
            .build());
  }

  private void nodeChanged(NodeInfo node) {
    if (!stopped && view.describe(node)) {
      askAll(node);
    }
  }

  private void nodeLeft(NodeInfo node) {
    view.left(node.getNodeId());
    asking
        .entrySet()
        .removeIf(
            entry -> {
              if (!entry.getKey().node().equals(node.getNodeId())) {
                return false;
              }
              cancel(entry.getValue());
              return true;
            });
  }

  private void askAll(NodeInfo node) {
    for (int i = 0; i < node.getLanes(); i++) {
      ask(new Endpoint(node.getNodeId(), i));
    }
  }

  private void ask(Endpoint of) {
    Asking known = asking.get(of);
    if (known != null) {
      known.again = true;
      return;
    }
    begin(of, true);
  }

  private void begin(Endpoint of, boolean whole) {
    Asking one = new Asking();
    one.whole = whole;
    asking.put(of, one);
    send(of, one);
  }

  private void send(Endpoint of, Asking one) {
    one.again = false;
    one.retry = null;
    long seen = one.whole ? 0 : view.version(of);
    WorkerChanged question = WorkerChanged.newBuilder().setVersion(seen).build();
    lane.ask(of, WorkerServices.LIST, question, ANSWER)
        .onComplete(
            list -> {
              if (stopped || asking.get(of) != one) {
                return;
              }
              if (list.succeeded() && taken(list.result(), seen)) {
                asking.remove(of);
                if (one.again) {
                  ask(of);
                }
                return;
              }
              // A list older than an announcement may lack one that got lost in between.
              String why = list.succeeded() ? "it is old" : list.cause().getMessage();
              LOG.debug("No worker list from {}: {}", of, why);
              one.retry = lane.timer(one.pause, () -> send(of, one));
              one.pause = Math.min(LONGEST_PAUSE, one.pause * 2);
            });
  }

  /** False: the list is older than what is known. */
  private boolean taken(WorkerChanged list, long seen) {
    boolean nothingMissing = !list.getFull() && seen > 0 && list.getVersion() == seen;
    return nothingMissing || announced(list) != NodeWorkers.Result.STALE;
  }

  private void audit() {
    look();
    audit = lane.timer(AUDIT, this::audit);
  }

  /** Nodes that are none any more, and announcements that nobody noticed to be missing. */
  void look() {
    Set<String> unknown = new HashSet<>();
    for (String nodeId : view.announcers()) {
      if (members.byId(nodeId) == null) {
        unknown.add(nodeId);
      }
    }
    for (String nodeId : unknown) {
      if (strangers.contains(nodeId)) {
        LOG.warn("Workers of node {} dropped: it is no member", nodeId);
        view.left(nodeId);
      }
    }
    strangers = unknown;
    for (NodeInfo node : members.nodes()) {
      for (int i = 0; i < node.getLanes(); i++) {
        Endpoint of = new Endpoint(node.getNodeId(), i);
        if (!asking.containsKey(of)) {
          begin(of, false);
        }
      }
    }
  }

  private static void cancel(Asking one) {
    if (one.retry != null) {
      one.retry.cancel();
    }
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    asking.values().forEach(RegistryMember::cancel);
    asking.clear();
    if (registration != null) {
      registration.close();
    }
    if (audit != null) {
      audit.cancel();
    }
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }
}
