package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.controlplane.core.Action;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeMachine;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.PeerState;
import io.busbar.controlplane.core.Peers;
import io.busbar.controlplane.core.Timings;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.member.Members;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one lane of a node where the state machines run: pings, exchanges and verdicts over foreign
 * hosts, and this node's own life among them.
 */
final class Desk implements LaneMember {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final long TICK_MILLIS = 100;
  private static final int MOST_IDLE_TICKS = 10;

  private final ControlPlaneNode node;
  private final Members members;
  private final Supplier<OwnWeight> weight;
  private final Function<Lane, Ownership> ownerships;
  private final Timings timings;
  private final long handoverMillis;
  private final OwnHosts own;
  private final List<Runnable> later = new ArrayList<>();
  private Lane lane;
  private HostName self;
  private Peers peers;
  private NodeMachine machine;
  private Goodbye goodbye;
  private PeerTalk talk;
  private HostExchange exchange;
  private PeerCalls calls;
  private Ownership ownership;
  private OwnedLists lists;
  private OutsideVoters voters;
  private HealthSampler health;
  private Discovery discovery;
  private ViewMaker maker;
  private final HostFacts facts = new HostFacts();
  private final Function<Context, HostResolver> resolver;
  private Members.Registration listening = () -> {};
  private Runnable watching = () -> {};
  private Lane.Timer timer = () -> {};

  /** Ticks since the view was made. */
  private int idleTicks;

  private boolean stopped;

  /**
   * @param weight nodes of the cluster that are there, and that count
   * @param timings without the grace for hosts that keep votes in memory: our votes are in the map
   * @param handoverMillis how long a drain may take to give away what this node owns
   * @param resolver made at the start, for the lane's context
   */
  Desk(
      ControlPlaneNode node,
      Members members,
      Supplier<OwnWeight> weight,
      Function<Lane, Ownership> ownerships,
      Timings timings,
      long handoverMillis,
      Function<Context, HostResolver> resolver) {
    this.resolver = resolver;
    this.handoverMillis = handoverMillis;
    this.node = node;
    this.members = members;
    this.weight = weight;
    this.ownerships = ownerships;
    this.timings = timings;
    this.own = new OwnHosts(members);
  }

  @Override
  public Future<?> start(Lane on) {
    lane = on;
    self = node.options().self(node.port());
    peers = new Peers(self, timings, false, new SplittableRandom(System.nanoTime()), this::act);
    machine = new NodeMachine(timings, this::act);
    if (node.options().rules().lowestBreaksTies()) {
      peers.breakTies();
    }
    exchange = new HostExchange(on, members, own, peers, facts);
    maker = new ViewMaker(members, own, peers, exchange, facts);
    calls = new PeerCalls(on.context().owner(), self.toString(), node.options().tls(), node.dial());
    calls.pingDeadline(timings.pingDeadline());
    ownership = ownerships.apply(on);
    lists = new OwnedLists(node, calls, ownership);
    exchange.serve(
        host -> peers.closing(host, lane.now()),
        host -> peers.contacted(host, lane.now()),
        host -> peers.gone(host, lane.now()));
    members.update(info -> info.toBuilder().setControlHost(self.toString()).build());
    peers.ours(own.names().keySet());
    discovery =
        new Discovery(on, peers, node.options().rules(), resolver.apply(on.context()), this::gone);
    discovery.start(node.options().peers());
    facts.said(self, members.self().getStartedAt(), node.capabilities(), node.tlsPort());
    machine.bound(node.options().peers(), true, lane.now());
    refresh();
    node.desk(this);
    health = new HealthSampler(on, node, members, ownership, this::late);
    health.start();
    talk =
        new PeerTalk(
            new PeerTalk.Desks(node, calls, peers, exchange, members, health, facts, ownership),
            weight,
            on,
            this::refresh);
    goodbye = new Goodbye(on, machine, peers, ownership, talk, timings, this::act, handoverMillis);
    voters =
        new OutsideVoters(node, calls, peers, weight, talk::exchange, on, timings.claimPause());
    listening = members.listen(new Listener());
    Announcements announcements =
        new Announcements(
            node, calls, this::mine, (host, owner) -> node.view().foreign().containsKey(host));
    watching = ownership.watch(announcements::changed);
    tick();
    return Future.succeededFuture();
  }

  /** Any thread. */
  void run(Runnable what) {
    lane.context()
        .runOnContext(
            v -> {
              if (!stopped) {
                what.run();
                refresh();
              }
            });
  }

  void learn(List<String> names) {
    peers.heard(names, lane.now());
  }

  /** What foreign hosts say to a key that a node of ours claimed. Any thread. */
  Future<Holder> vote(OwnerRecord granted) {
    Promise<Holder> vote = Promise.promise();
    lane.context()
        .runOnContext(
            v ->
                (stopped ? Future.<Holder>failedFuture(stopped()) : voters.ask(granted))
                    .onComplete(vote));
    return vote.future();
  }

  static FailureException stopped() {
    return Failure.of(FailureCode.UNAVAILABLE, "the control plane does not run on this node")
        .toException();
  }

  void contacted(HostName host) {
    peers.contacted(host, lane.now());
    if (!exchange.isMine(host)) {
      exchange.passContact(host);
    }
  }

  /** A host quoted another view: each asks the other. */
  void disagreed(HostName host) {
    if (peers.state(host) == PeerState.ALIVE) {
      talk.reconcile(host);
    }
  }

  void closing(HostName host) {
    peers.closing(host, lane.now());
    exchange.passClosing(host);
  }

  /** Reads what the host owns. */
  void read(HostName host) {
    lists.read(host);
  }

  /** The configuration was read again. */
  void configured(List<HostName> hosts) {
    discovery.configured(hosts);
  }

  private void gone(HostName host) {
    LOG.info("control plane: discovery does not name {} any more", host);
    peers.gone(host, lane.now());
    exchange.passGone(host);
  }

  /** This node is late: it must not find others dead for that. */
  private void late(int score) {
    peers.late(score);
    calls.late(score);
  }

  private List<HostName> mine() {
    return peers.in(PeerState.ALIVE).stream().filter(exchange::isMine).toList();
  }

  private void tick() {
    long now = lane.now();
    OwnWeight weighs = weight.get();
    boolean majority = weighs.majority();
    peers.tick(weighs, now);
    seeds();
    if (!majority) {
      machine.fence(now);
    }
    machine.tick(majority, now);
    goodbye.tick(now);
    exchange.settle(now);
    talk.settle();
    if (peers.size() > 0 || isStale() || ++idleTicks >= MOST_IDLE_TICKS) {
      refresh();
    }
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
    timer = lane.timer(TICK_MILLIS, this::tick);
  }

  /** Without foreign hosts nothing but these changes without a word of the members. */
  private boolean isStale() {
    View shown = node.view();
    return shown.state() != machine.state()
        || shown.epoch() != exchange.viewNumber()
        || !shown.foreign().isEmpty();
  }

  private void seeds() {
    if (machine.state() == NodeState.JOINING) {
      for (HostName seed : node.options().peers()) {
        boolean alive = peers.state(seed) == PeerState.ALIVE;
        if (alive || peers.isUnreachable(seed) || !exchange.isMine(seed)) {
          machine.seed(seed, alive);
        }
      }
    }
  }

  private void refresh() {
    idleTicks = 0;
    Map<HostName, String> names = new TreeMap<>(own.names());
    names.put(self, members.self().getName());
    peers.ours(names.keySet());
    node.publish(maker.make(self, machine.state(), names));
  }

  private void act(Action action) {
    if (action instanceof Action.Ping ping) {
      later.add(() -> talk.ping(ping));
    } else if (action instanceof Action.Negotiate negotiate) {
      later.add(() -> talk.negotiate(negotiate));
    } else if (action instanceof Action.ListOwned list) {
      later.add(() -> lists.read(list.host()));
    } else if (action instanceof Action.SayClosing say) {
      later.add(() -> talk.sayClosing(say));
    } else if (action instanceof Action.PeerChanged changed) {
      peerChanged(changed);
    } else if (action instanceof Action.NodeChanged changed) {
      nodeChanged(changed);
    } else if (action instanceof Action.MustEnd end) {
      node.mustEnd(end.why());
    } else if (action instanceof Action.Raised raised) {
      node.alarm(raised.alarm());
      LOG.warn("control plane: {}: {}", raised.alarm(), raised.detail());
    }
  }

  private void peerChanged(Action.PeerChanged changed) {
    LOG.info(
        "control plane: {} is {}, was {}: {}",
        changed.host(),
        changed.to(),
        changed.from() == null ? "unknown" : changed.from(),
        changed.cause());
    if (changed.from() == null) {
      // Before its first turn, in which another node's host would be pinged.
      peers.probe(changed.host(), exchange.isMine(changed.host()), lane.now());
    }
    exchange.changed(changed.host(), changed.from(), changed.to(), changed.cause());
    facts.changed(changed.host(), changed.cause());
    if (changed.to() == PeerState.REMOVED) {
      talk.forget(changed.host());
      facts.forget(changed.host());
    }
    boolean over = changed.to() == PeerState.REMOVED || changed.to().isTombstone();
    if (over && exchange.isMine(changed.host())) {
      later.add(() -> endLease(changed.host(), changed.cause()));
    }
    if (changed.to() == PeerState.ALIVE) {
      lists.isBack(changed.host());
    }
    if (changed.to() == PeerState.REMOVED && exchange.isMine(changed.host())) {
      later.add(() -> lists.dropAll(changed.host()));
    }
  }

  /** The verdict ends what is left of the lease: its keys may be taken now. */
  private void endLease(HostName host, String cause) {
    Holder open = ownership.openSession(host.toString());
    if (open != null) {
      ownership
          .endSession(open, cause)
          .onFailure(why -> LOG.warn("control plane: lease of {} not ended", host, why));
    }
  }

  private void nodeChanged(Action.NodeChanged changed) {
    LOG.info(
        "control plane: this node is {}, was {}: {}",
        changed.to(),
        changed.from(),
        changed.cause());
    facts.changed(self, changed.cause());
    if (changed.from() == NodeState.FENCED && changed.to() == NodeState.UP) {
      later.add(
          () -> {
            lists.dropWhatIsLeft();
            mine().forEach(lists::read);
            mine().forEach(host -> talk.negotiate(new Action.Negotiate(host, peers.known())));
          });
    }
  }

  @Override
  public Future<?> drain() {
    Future<?> left = goodbye.begin();
    refresh();
    return left;
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    if (talk != null) {
      talk.stop();
      voters.stop();
      discovery.stop();
    }
    timer.cancel();
    listening.close();
    watching.run();
    if (health != null) {
      health.stop();
    }
    node.desk(null);
    return calls == null ? Future.succeededFuture() : calls.close();
  }

  private final class Listener implements Members.Listener {
    @Override
    public void changed(NodeInfo info) {
      if (!stopped) {
        exchange.heard(info, lane.now());
        refresh();
      }
    }

    @Override
    public void left(NodeInfo info) {
      if (!stopped) {
        exchange.left(info);
        refresh();
      }
    }
  }
}
