package io.busbar.runners;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.bus.v1.RunnerShare;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other gateway nodes which runners this one names and what operators ordered, and keeps
 * what they tell. Each change is a question to each of them, repeated until answered; the answer
 * proves that the other node acts on it. On the first lane.
 */
final class RunnerExchange {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerExchange.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final long RETRY = 500;

  private final Lane lane;
  private final Members members;
  private final RunnerBook book = new RunnerBook();
  private final Map<String, Peer> peers = new HashMap<>();
  private final Runnable changed;
  private Set<RunnerKey> named = Set.of();
  private long version = 1;
  private boolean draining;
  private boolean stopped;
  private Members.Registration registration;

  /**
   * @param changed told after each change, before it is acknowledged; acts on it at once
   */
  RunnerExchange(Lane lane, Members members, Runnable changed) {
    this.lane = lane;
    this.members = members;
    this.changed = changed;
  }

  /** Another gateway node. */
  private static final class Peer {
    final String nodeId;
    final String name;
    boolean draining;
    Set<RunnerKey> named = Set.of();

    /** Its newest version taken in here. */
    long seen;

    /** Newest version of this node that it acts on. */
    long acted;

    boolean asking;
    Lane.Timer retry;

    Peer(NodeInfo node) {
      nodeId = node.getNodeId();
      name = node.getName();
    }
  }

  void start() {
    lane.serve(RunnerServices.SHARE, this::asked);
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
  }

  void stop() {
    stopped = true;
    if (registration != null) {
      registration.close();
    }
    peers.values().forEach(RunnerExchange::cancel);
    peers.clear();
  }

  /** This node gives up its runners. */
  void drain() {
    draining = true;
    changed.run();
  }

  RunnerBook book() {
    return book;
  }

  long version() {
    return version;
  }

  /** What configuration and name service of this node name now. */
  void named(Set<RunnerKey> keys) {
    if (!keys.equals(named)) {
      named = Set.copyOf(keys);
      tellAll();
    }
  }

  /** An operator's order, given on this node. */
  RunnerOrder order(RunnerKey key, boolean present) {
    RunnerOrder order = book.give(key, present, System.currentTimeMillis(), lane.node().name());
    tellAll();
    return order;
  }

  /** All gateway nodes, this one included. */
  List<RunnerOwners.Sponsor> sponsors() {
    List<RunnerOwners.Sponsor> all = new ArrayList<>();
    all.add(new RunnerOwners.Sponsor(lane.node().id(), lane.node().name(), !draining, named));
    for (Peer peer : peers.values()) {
      all.add(new RunnerOwners.Sponsor(peer.nodeId, peer.name, !peer.draining, peer.named));
    }
    return all;
  }

  /** Whether every other gateway node acts on that version of this one. */
  boolean actedOn(long ownVersion) {
    for (Peer peer : peers.values()) {
      if (peer.acted < ownVersion || peer.seen == 0) {
        return false;
      }
    }
    return true;
  }

  /** Ids of the other gateway nodes. */
  Set<String> others() {
    return peers.keySet();
  }

  private void tellAll() {
    version++;
    changed.run();
    for (Peer peer : List.copyOf(peers.values())) {
      ask(peer);
    }
  }

  private void nodeChanged(NodeInfo node) {
    if (stopped || !node.getGateway() || node.getNodeId().equals(lane.node().id())) {
      return;
    }
    Peer peer = peers.get(node.getNodeId());
    if (peer == null) {
      peer = new Peer(node);
      peers.put(node.getNodeId(), peer);
      ask(peer);
    }
    peer.draining = node.getDraining();
    changed.run();
  }

  private void nodeLeft(NodeInfo node) {
    Peer peer = peers.remove(node.getNodeId());
    if (peer != null && !stopped) {
      cancel(peer);
      changed.run();
    }
  }

  private static void cancel(Peer peer) {
    if (peer.retry != null) {
      peer.retry.cancel();
    }
  }

  private void ask(Peer peer) {
    if (peer.asking || peer.acted >= version || stopped) {
      return;
    }
    cancel(peer);
    peer.asking = true;
    long said = version;
    lane.ask(new Endpoint(peer.nodeId, 0), RunnerServices.SHARE, share(peer, true), ANSWER)
        .onComplete(
            answer -> {
              peer.asking = false;
              if (stopped || peers.get(peer.nodeId) != peer) {
                return;
              }
              if (answer.succeeded()) {
                take(peer, answer.result());
                acted(peer, said);
                ask(peer);
                return;
              }
              Failure failure = Failure.of(answer.cause());
              if (failure.code() == FailureCode.NOT_IMPLEMENTED) {
                // An older version, or not started yet: it dials nothing it does not name.
                LOG.debug("Node {} does not share runners yet", peer.name);
              } else {
                LOG.debug("Node {} did not take the runners: {}", peer.name, failure.detail());
              }
              peer.retry = lane.timer(RETRY, () -> ask(peer));
            });
  }

  private void acted(Peer peer, long on) {
    if (on > peer.acted) {
      peer.acted = on;
      changed.run();
    }
  }

  private Future<RunnerShare> asked(RunnerShare question) {
    Peer peer = peers.get(question.getNodeId());
    if (peer == null || stopped) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.UNAVAILABLE,
                  "node '" + Failure.shorten(question.getNode(), 80) + "' is not known here yet")
              .at(lane.node().name(), "")
              .toException());
    }
    take(peer, question);
    return Future.succeededFuture(share(peer, question.getSeen() < version));
  }

  private RunnerShare share(Peer to, boolean full) {
    RunnerShare.Builder share =
        RunnerShare.newBuilder()
            .setNodeId(lane.node().id())
            .setNode(lane.node().name())
            .setVersion(version)
            .setSeen(to.seen)
            .setFull(full);
    if (full) {
      named.forEach(key -> share.addNamed(RunnerBook.name(key)));
      share.addAllOrders(book.all());
    }
    return share.build();
  }

  private void take(Peer peer, RunnerShare share) {
    learn(peer, share);
    acted(peer, share.getSeen());
  }

  private void learn(Peer peer, RunnerShare share) {
    if (!share.getFull() || share.getVersion() <= peer.seen) {
      return;
    }
    peer.seen = share.getVersion();
    Set<RunnerKey> keys = new HashSet<>();
    for (RunnerName name : share.getNamedList()) {
      RunnerKey key = key(name, peer);
      if (key != null) {
        keys.add(key);
      }
    }
    boolean news = !keys.equals(peer.named);
    peer.named = keys;
    boolean ordered = false;
    for (RunnerOrder order : share.getOrdersList()) {
      RunnerKey key = key(order.getRunner(), peer);
      ordered |= key != null && book.take(key, order);
    }
    if (ordered) {
      // Passed on, so that all hear it even if the node where it was given is lost now.
      tellAll();
    } else if (news) {
      changed.run();
    }
  }

  private static RunnerKey key(RunnerName name, Peer peer) {
    try {
      return RunnerBook.key(name);
    } catch (IllegalArgumentException e) {
      LOG.warn("Node {} names a runner {}", peer.name, e.getMessage());
      return null;
    }
  }
}
