package io.busbar.controlplane;

import com.google.protobuf.ByteString;
import io.busbar.bus.Lane;
import io.busbar.controlplane.core.Action;
import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.Farewell;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.PeerState;
import io.busbar.controlplane.core.Peers;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.member.Members;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the desk says to foreign hosts, and what it makes of their answers. On the desk's lane. */
final class PeerTalk {
  private static final Logger LOG = LoggerFactory.getLogger(PeerTalk.class);
  private static final long LARGEST_SKEW_SECONDS = 5;

  /** Between two exchanges with a host that quotes other views. */
  private static final long RECONCILE_MILLIS = 1000;

  private final ControlPlaneNode node;
  private final PeerCalls calls;
  private final Peers peers;
  private final HostExchange exchange;
  private final Members members;
  private final HealthSampler health;
  private final HostFacts facts;
  private final HostWatches watches;
  private final Ownership ownership;
  private final Supplier<OwnWeight> weight;
  private final Lane lane;
  private final Runnable changed;
  private final Map<HostName, ByteString> digests = new HashMap<>();
  private final Map<HostName, Long> reconciled = new HashMap<>();
  private Farewell farewell;
  private long goodbyeMillis;
  private boolean stopped;

  /** What the desk has beside the talk. */
  record Desks(
      ControlPlaneNode node,
      PeerCalls calls,
      Peers peers,
      HostExchange exchange,
      Members members,
      HealthSampler health,
      HostFacts facts,
      Ownership ownership) {}

  /**
   * @param changed run after an answer that may have changed the view
   */
  PeerTalk(Desks desk, Supplier<OwnWeight> weight, Lane lane, Runnable changed) {
    this.node = desk.node();
    this.calls = desk.calls();
    this.peers = desk.peers();
    this.exchange = desk.exchange();
    this.members = desk.members();
    this.health = desk.health();
    this.facts = desk.facts();
    this.ownership = desk.ownership();
    this.weight = weight;
    this.lane = lane;
    this.changed = changed;
    this.watches = new HostWatches(node, lane, calls, peers, exchange, facts);
    calls.tell(() -> members.self().getStartedAt(), () -> node.view().epoch());
  }

  /** From now on answers change nothing. */
  void stop() {
    stopped = true;
    watches.stop();
  }

  /** Which hosts are watched follows who pings them. */
  void settle() {
    watches.settle();
  }

  /**
   * Who is told which hosts took the notice that this one closes.
   *
   * @param millis until this node ends at the latest
   */
  void leaving(Farewell said, long millis) {
    farewell = said;
    goodbyeMillis = millis;
  }

  /** The host is removed. */
  void forget(HostName host) {
    calls.forget(host);
    watches.forget(host);
    digests.remove(host);
    reconciled.remove(host);
  }

  private String self() {
    return node.view().self().toString();
  }

  void ping(Action.Ping ping) {
    long began = System.nanoTime();
    calls
        .ping(ping.host())
        .onComplete(
            done -> {
              if (stopped) {
                return;
              }
              if (done.succeeded()) {
                node.meters().pinged(System.nanoTime() - began);
                checkClock(ping.host(), done.result());
                health.said(ping.host(), done.result());
                facts.said(ping.host(), done.result());
                watches.said(ping.host());
                exchange.said(ping.host(), done.result().getIncarnation());
                digests.put(ping.host(), done.result().getViewDigest());
                calls.tlsPort(ping.host(), done.result().getTlsPort());
                peers.answered(ping.host(), ping.number(), done.result().getHost(), lane.now());
              } else {
                boolean refused = done.cause() instanceof java.net.ConnectException;
                peers.missed(ping.host(), ping.number(), refused, lane.now());
              }
              changed.run();
            });
  }

  private void checkClock(HostName host, PingReply reply) {
    long skew = reply.getUnixTime() - System.currentTimeMillis() / 1000;
    if (reply.getUnixTime() != 0) {
      node.meters().skew(skew);
    }
    if (reply.getUnixTime() != 0 && Math.abs(skew) > LARGEST_SKEW_SECONDS) {
      node.alarm(Alarm.CLOCK_SKEW);
      LOG.debug("control plane: the clock of {} differs by {} s", host, skew);
    }
  }

  /** Whether the host said that it sees what this node sees; a suspect is asked about anyway. */
  private boolean agrees(HostName host) {
    ByteString theirs = digests.get(host);
    return peers.in(PeerState.SUSPECT).isEmpty() && node.roll().digest().equals(theirs);
  }

  /** Asks a host that decides by another view, but not with each of its requests. */
  void reconcile(HostName host) {
    Long last = reconciled.get(host);
    if (last == null || lane.now() - last >= RECONCILE_MILLIS) {
      reconciled.put(host, lane.now());
      exchange(host, peers.known());
    }
  }

  /** Tells the host whom this node knows, and takes what it says; fails when it says nothing. */
  Future<?> exchange(HostName host) {
    return exchange(host, peers.known());
  }

  void negotiate(Action.Negotiate negotiate) {
    if (agrees(negotiate.host())) {
      node.meters().exchanged("saved");
      return;
    }
    exchange(negotiate.host(), negotiate.known());
  }

  private Future<?> exchange(HostName host, List<HostName> known) {
    NegotiateRequest.Builder request =
        NegotiateRequest.newBuilder()
            .setSenderHost(self())
            .setSenderIncarnation(members.self().getStartedAt())
            .addAllMembers(node.toldMembers())
            .setViewEpoch(node.view().epoch());
    known.forEach(one -> request.addKnownHosts(one.toString()));
    return calls
        .negotiate(host, request.build())
        .onComplete(
            done -> {
              if (stopped) {
                return;
              }
              node.meters().exchanged(done.succeeded() ? "done" : "unanswered");
              if (done.succeeded()) {
                peers.opinion(host, done.result().getHostsList(), weight.get(), lane.now());
                changed.run();
              } else {
                LOG.debug("control plane: no exchange with {}", host, done.cause());
              }
            });
  }

  void sayClosing(Action.SayClosing say) {
    ClosingNotice notice =
        ClosingNotice.newBuilder()
            .setHost(self())
            .setIncarnation(members.self().getStartedAt())
            .setDeadlineUnixMs(System.currentTimeMillis() + goodbyeMillis)
            .setOwnedCount(ownership.heldCount())
            .setSuccessorHint(successor())
            .build();
    calls
        .closing(say.host(), notice)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                farewell.acknowledged(say.host());
              } else {
                LOG.debug("control plane: {} did not take the notice", say.host(), done.cause());
              }
            });
  }

  /** One of our nodes that stays; "" = none does. */
  private String successor() {
    View view = node.view();
    return view.own().keySet().stream()
        .filter(host -> !host.equals(view.self()))
        .filter(host -> !view.draining().getOrDefault(host, false))
        .map(HostName::toString)
        .sorted()
        .findFirst()
        .orElse("");
  }
}
