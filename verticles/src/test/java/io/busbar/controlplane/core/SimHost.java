package io.busbar.controlplane.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One simulated host: its life, its clock, and the product's state machines of peers and of the
 * host itself, wired to the simulated network. What it does with keys is its {@link SimOwner}.
 */
final class SimHost {
  private static final long TICK = 250;

  final HostName name;
  Peers peers;
  NodeMachine node;
  SimOwner owner;
  int life;
  boolean closing;

  private final SimWorld world;
  private final List<HostName> all;
  private final double rate;
  private final long offset;
  private final List<Runnable> waiting = new ArrayList<>();
  private final Set<HostName> pinged = new HashSet<>();
  private Farewell farewell;
  private boolean up;
  private boolean paused;
  private boolean canBootstrap;
  private long values;

  SimHost(SimWorld world, HostName name, List<HostName> all) {
    this.world = world;
    this.name = name;
    this.all = all;
    this.rate = 0.97 + world.random.nextDouble() * 0.06;
    this.offset = world.random.nextLong(1_000_000);
  }

  long clock() {
    return offset + (long) (world.now * rate);
  }

  boolean isUp() {
    return up;
  }

  boolean canWrite(String key) {
    return owner != null && owner.canWrite(key);
  }

  /** Of all that this host ever writes. */
  long nextValue() {
    return ++values * 100 + all.indexOf(name);
  }

  /** Whether this host wrote it, in one of its lives. */
  boolean isMine(long value) {
    return value % 100 == all.indexOf(name);
  }

  /** Whose half of an even split goes on; null = none does. */
  HostName tieBreaker() {
    return peers.tieBreaker(OwnWeight.ONE);
  }

  /** Those that are asked for their vote. */
  List<HostName> voters() {
    List<HostName> voters = new ArrayList<>(peers.in(PeerState.ALIVE));
    voters.addAll(peers.in(PeerState.SUSPECT));
    return voters;
  }

  // ---- life ----

  void start(boolean first) {
    if (up || closing) {
      return;
    }
    up = true;
    life++;
    world.say(name + " starts");
    canBootstrap = first;
    peers = new Peers(name, Timings.DEFAULTS, true, world.random.split(), this::act);
    if (world.breaksTies()) {
      peers.breakTies();
    }
    node = new NodeMachine(Timings.DEFAULTS, this::act);
    owner = new SimOwner(this, world);
    pinged.clear();
    for (HostName host : all) {
      if (!host.equals(name)) {
        peers.view().admit(host);
        peers.discovered(host, clock());
      }
    }
    node.bound(
        first ? List.of() : all.stream().filter(h -> !h.equals(name)).toList(), first, clock());
    int mine = life;
    world.at(world.now + world.random.nextLong(TICK), () -> tick(mine));
  }

  void crash() {
    if (up) {
      world.say(name + " crashes");
      stopNow();
    }
  }

  private void stopNow() {
    up = false;
    paused = false;
    life++;
    waiting.clear();
    owner = null;
  }

  void pause(long millis) {
    if (up && !paused) {
      paused = true;
      int mine = life;
      world.at(
          world.now + millis,
          () -> {
            if (life == mine) {
              resume();
            }
          });
    }
  }

  void resume() {
    if (paused) {
      paused = false;
      List<Runnable> late = List.copyOf(waiting);
      waiting.clear();
      late.forEach(Runnable::run);
    }
  }

  /** Runs now, or when the pause is over. */
  void soon(Runnable what) {
    if (paused) {
      waiting.add(what);
    } else {
      what.run();
    }
  }

  /** Runs after the delay, in this life only. */
  void later(long delay, Runnable what) {
    int mine = life;
    world.at(
        world.now + delay,
        () -> {
          if (life == mine) {
            soon(what);
          }
        });
  }

  private void tick(int ofLife) {
    if (life != ofLife) {
      return;
    }
    world.at(world.now + TICK, () -> tick(ofLife));
    if (paused) {
      return;
    }
    peers.tick(OwnWeight.ONE, clock());
    if (node.state() == NodeState.JOINING && !canBootstrap) {
      // Seeds that cannot be reached are given up only once a majority is in sight.
      if (peers.hasMajority(OwnWeight.ONE)) {
        all.forEach(seed -> node.seed(seed, peers.state(seed) == PeerState.ALIVE));
      }
    }
    node.tick(peers.hasMajority(OwnWeight.ONE), clock());
    owner.tick();
    farewell();
    world.checkWriters();
  }

  void leave() {
    if (up && !closing) {
      closing = true;
      world.say(name + " leaves");
      soon(
          () -> {
            node.drain(clock());
            owner.seal();
          });
    }
  }

  private void farewell() {
    if (node.state() == NodeState.DRAINING && !owner.isWriting()) {
      owner.giveAway();
      node.drained(clock());
      farewell = new Farewell(Timings.DEFAULTS, this::act);
      farewell.begin(voters(), clock());
    }
    if (node.state() == NodeState.CLOSING) {
      farewell.tick(clock());
      if (farewell.isOver() || voters().isEmpty()) {
        node.closed(clock());
        world.say(name + " has left");
        stopNow();
      }
    }
  }

  // ---- messages ----

  private void act(Action action) {
    if (world.trace != null && !(action instanceof Action.Ping)) {
      world.say(name + " " + action);
    }
    if (action instanceof Action.Ping ping) {
      world.send(this, world.host(ping.host()), host -> host.onPing(this, ping.number()));
    } else if (action instanceof Action.Negotiate negotiate) {
      List<String> known = negotiate.known().stream().map(HostName::toString).toList();
      world.send(this, world.host(negotiate.host()), host -> host.onNegotiate(this, known));
    } else if (action instanceof Action.SayClosing say) {
      world.send(this, world.host(say.host()), host -> host.onClosing(this));
    } else if (action instanceof Action.NodeChanged changed && changed.to() == NodeState.FENCED) {
      owner.loseAll();
    }
  }

  private void onPing(SimHost from, long number) {
    peers.contacted(from.name, clock());
    world.send(this, from, host -> host.onPong(this, number));
  }

  private void onPong(SimHost from, long number) {
    pinged.add(from.name);
    peers.answered(from.name, number, from.name.toString(), clock());
  }

  private void onNegotiate(SimHost from, List<String> known) {
    peers.contacted(from.name, clock());
    peers.heard(known, clock());
    List<HostName> healthy = peers.healthy(node.state());
    for (HostName host : healthy) {
      if (!host.equals(name) && !pinged.contains(host)) {
        world.broken(name + " names " + host + " as healthy without having pinged it");
      }
    }
    List<String> names = healthy.stream().map(HostName::toString).toList();
    world.send(this, from, host -> host.peers.opinion(name, names, OwnWeight.ONE, host.clock()));
  }

  private void onClosing(SimHost from) {
    peers.closing(from.name, clock());
    world.send(
        this,
        from,
        host -> {
          if (host.farewell != null) {
            host.farewell.acknowledged(name);
          }
        });
  }
}
