package io.busbar.controlplane;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.Service;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.SeenHost;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.PeerState;
import io.busbar.controlplane.core.Peers;
import io.busbar.controlplane.core.ViewNumber;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.Empty;
import io.busbar.member.Members;
import io.busbar.ownership.Epochs;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the nodes tell each other of foreign hosts. Who pings a host says in its own node's entry
 * what it found; who first hears of a host says that too, until the one that pings it does. Notices
 * that a host gave to one node are passed on.
 */
final class HostExchange {
  private static final Service<ClosingNotice, Empty> CLOSING =
      Service.of("control-plane.closing", ClosingNotice.parser(), Empty.parser());
  private static final Service<ClosingNotice, Empty> CONTACT =
      Service.of("control-plane.contact", ClosingNotice.parser(), Empty.parser());

  private static final Service<ClosingNotice, Empty> DOUBT =
      Service.of("control-plane.doubt", ClosingNotice.parser(), Empty.parser());

  private static final Service<ClosingNotice, Empty> GONE =
      Service.of("control-plane.gone", ClosingNotice.parser(), Empty.parser());

  private final Lane lane;
  private final Members members;
  private final OwnHosts own;
  private final Peers peers;
  private final HostFacts facts;
  private final Map<HostName, Long> incarnations = new TreeMap<>();
  private final Map<HostName, Long> started = new HashMap<>();
  private final Map<HostName, String> causes = new HashMap<>();
  private final Map<String, Set<HostName>> listed = new HashMap<>();
  private final ViewNumber number = new ViewNumber();
  private List<SeenHost> told = List.of();
  private long toldNumber;

  HostExchange(Lane lane, Members members, OwnHosts own, Peers peers, HostFacts facts) {
    this.facts = facts;
    this.lane = lane;
    this.members = members;
    this.own = own;
    this.peers = peers;
  }

  /** Takes notices that other nodes pass on. */
  void serve(Consumer<HostName> closing, Consumer<HostName> contact, Consumer<HostName> gone) {
    serve(GONE, gone);
    serve(DOUBT, host -> peers.doubted(host, lane.now()));
    serve(CLOSING, closing);
    serve(CONTACT, contact);
  }

  private void serve(Service<ClosingNotice, Empty> service, Consumer<HostName> taker) {
    lane.serve(
        service,
        notice -> {
          HostName.parse(notice.getHost()).ifPresent(taker);
          return Future.succeededFuture(Empty.getDefaultInstance());
        });
  }

  /** Tells the other nodes that the host said it closes. */
  void passClosing(HostName host) {
    pass(CLOSING, host);
  }

  /** Tells the other nodes that discovery does not name the host any more. */
  void passGone(HostName host) {
    pass(GONE, host);
  }

  /**
   * Another foreign host lost this one: it is looked at, here or by the node that pings it.
   *
   * @param incarnation of the host that was lost, 0 = not told; a former one is old news
   */
  void doubted(HostName host, long incarnation) {
    boolean isOld = incarnation > 0 && incarnation < facts.of(host).started();
    String prober = own.prober(host);
    if (!isOld && peers.doubted(host, lane.now()) && prober != null && !prober.equals(here())) {
      ClosingNotice doubt = ClosingNotice.newBuilder().setHost(host.toString()).build();
      lane.tell(new Endpoint(prober, 0), DOUBT, doubt);
    }
  }

  /** Tells the node that pings the host that it spoke to us. */
  void passContact(HostName host) {
    pass(CONTACT, host);
  }

  private void pass(Service<ClosingNotice, Empty> service, HostName host) {
    ClosingNotice notice = ClosingNotice.newBuilder().setHost(host.toString()).build();
    for (NodeInfo node : members.nodes()) {
      if (node.getGateway() && !node.getNodeId().equals(here())) {
        lane.tell(new Endpoint(node.getNodeId(), 0), service, notice);
      }
    }
  }

  private String here() {
    return lane.node().id();
  }

  /** A host that this node pings was admitted, or changed. */
  void changed(HostName host, PeerState from, PeerState to, String cause) {
    causes.put(host, cause);
    if (to == PeerState.ALIVE && from != PeerState.SUSPECT && isMine(host)) {
      long last = incarnations.getOrDefault(host, 0L);
      long own = started.getOrDefault(host, 0L);
      incarnations.put(host, own > last ? own : Math.max(last + 1, System.currentTimeMillis()));
    } else if (to == PeerState.REMOVED) {
      causes.remove(host);
      incarnations.remove(host);
      started.remove(host);
    }
  }

  /**
   * A host that answered a ping said when it started. One that is newly admitted has that as its
   * life's number, unless it had a larger one here; one that started anew between two pings has a
   * new life.
   *
   * @param incarnation ms since 1970, anything else is left out
   */
  void said(HostName host, long incarnation) {
    if (incarnation <= 0 || incarnation > Epochs.LARGEST) {
      return;
    }
    Long before = started.put(host, incarnation);
    Long life = incarnations.get(host);
    if (before != null && incarnation > before && life != null && incarnation > life) {
      incarnations.put(host, incarnation);
    }
  }

  /** Of the view that our nodes agree on, 0 = not yet known here. */
  long viewNumber() {
    return number.number();
  }

  boolean isMine(HostName host) {
    return here().equals(own.prober(host));
  }

  /** When each host was admitted, ms since 1970; a new life has a larger number. */
  Map<HostName, Long> incarnations() {
    return new TreeMap<>(incarnations);
  }

  /** Another node said something new. */
  void heard(NodeInfo node, long now) {
    if (node.getNodeId().equals(here())) {
      return;
    }
    number.told(node.getNodeId(), node.getViewNumber(), node.getViewHosts());
    Set<HostName> names = new HashSet<>();
    for (SeenHost seen : node.getHostsList()) {
      HostName.parse(seen.getHost())
          .ifPresent(
              host -> {
                names.add(host);
                take(node.getNodeId(), host, seen, now);
              });
    }
    for (HostName gone : listed.getOrDefault(node.getNodeId(), Set.of())) {
      if (!names.contains(gone) && node.getNodeId().equals(own.prober(gone))) {
        peers.probe(gone, false, now);
        peers.told(gone, PeerState.REMOVED, "forgotten", now);
      }
    }
    listed.put(node.getNodeId(), names);
  }

  private void take(String from, HostName host, SeenHost seen, long now) {
    boolean right = from.equals(own.prober(host));
    if (!right) {
      if (seen.getState().equals(PeerState.CONNECTING.name())) {
        peers.heard(List.of(host.toString()), now);
      }
      return;
    }
    peers.heard(List.of(host.toString()), now);
    peers.probe(host, false, now);
    facts.started(host, Math.max(0, seen.getStarted()));
    if (seen.getIncarnation() != 0) {
      incarnations.put(host, seen.getIncarnation());
    }
    for (PeerState state : PeerState.values()) {
      if (state.name().equals(seen.getState())) {
        peers.told(host, state, seen.getCause(), now);
      }
    }
  }

  /** A node is gone: who pings its hosts goes on from what was last told. */
  void left(NodeInfo node) {
    listed.remove(node.getNodeId());
    number.left(node.getNodeId());
  }

  private void settleNumber() {
    String counting = own.counting();
    if (here().equals(counting)) {
      Set<HostName> counted = new TreeSet<>(own.names().keySet());
      counted.addAll(peers.view().members());
      number.count(counted, System.currentTimeMillis());
    } else if (counting != null) {
      number.follow(counting);
    }
  }

  /** Settles who pings whom, and says what this node knows if that is new. */
  void settle(long now) {
    List<SeenHost> seen = new ArrayList<>();
    peers
        .states()
        .forEach(
            (host, state) -> {
              boolean mine = isMine(host);
              peers.probe(host, mine, now);
              if (mine || !isListedByItsNode(host)) {
                seen.add(
                    SeenHost.newBuilder()
                        .setHost(host.toString())
                        .setState((mine ? state : PeerState.CONNECTING).name())
                        .setIncarnation(mine ? incarnations.getOrDefault(host, 0L) : 0)
                        .setCause(mine ? causes.getOrDefault(host, "") : "")
                        .setStarted(mine ? facts.of(host).started() : 0)
                        .build());
              }
            });
    settleNumber();
    if (!seen.equals(told) || number.number() != toldNumber) {
      told = List.copyOf(seen);
      toldNumber = number.number();
      long hosts = number.hosts();
      members.update(
          self ->
              self.toBuilder()
                  .clearHosts()
                  .addAllHosts(told)
                  .setViewNumber(toldNumber)
                  .setViewHosts(hosts)
                  .build());
    }
  }

  private boolean isListedByItsNode(HostName host) {
    String prober = own.prober(host);
    return prober != null && listed.getOrDefault(prober, Set.of()).contains(host);
  }
}
