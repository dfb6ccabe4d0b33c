package io.busbar.controlplane.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One simulated host: the state machines, wired to the simulated network and the journal. */
final class SimHost {
  private static final long TICK = 250;

  final HostName name;
  Peers peers;
  NodeMachine node;
  int life;
  boolean closing;

  private final SimWorld world;
  private final List<HostName> all;
  private final double rate;
  private final long offset;
  private final Timings timings;
  private final List<Runnable> waiting = new ArrayList<>();
  private final Map<String, List<Long>> memory = new HashMap<>();
  private final Map<String, Long> writing = new HashMap<>();
  private final Map<String, HostName> handing = new HashMap<>();
  private final Set<HostName> pinged = new HashSet<>();
  private Map<String, Claim> claims = new TreeMap<>();
  private Votes votes;
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
    Timings t = Timings.DEFAULTS;
    this.timings = world.mutation == SimWorld.Mutation.NO_LEASE_MARGIN ? careless(t) : t;
  }

  /** An owner that believes in its lease for far longer than the voters do. */
  private static Timings careless(Timings t) {
    return new Timings(
        t.pingEvery(),
        t.jitter(),
        t.pingDeadline(),
        t.misses(),
        t.opinion(),
        t.askAgain(),
        t.left(),
        t.tombstone(),
        t.antiEntropy(),
        t.repair(),
        t.maxBackoff(),
        t.fence(),
        t.unfence(),
        t.exit(),
        t.joinGrace(),
        t.lease(),
        -30_000,
        t.renew(),
        t.reservation(),
        t.confirmDeadline(),
        t.closingDeadline(),
        t.closingTries());
  }

  long clock() {
    return offset + (long) (world.now * rate);
  }

  boolean isUp() {
    return up;
  }

  boolean canWrite(String key) {
    Claim claim = claims.get(key);
    return claim != null && claim.canWrite(clock());
  }

  void start(boolean first) {
    if (up || closing) {
      return;
    }
    up = true;
    life++;
    world.say(name + " starts");
    canBootstrap = first;
    peers = new Peers(name, timings, true, world.random.split(), this::act);
    node = new NodeMachine(timings, this::act);
    votes = new Votes(name, timings);
    claims = new TreeMap<>();
    memory.clear();
    writing.clear();
    handing.clear();
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
    claims = new TreeMap<>();
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

  private void later(long delay, Runnable what) {
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
    for (Claim claim : List.copyOf(claims.values())) {
      claim.tick(clock());
    }
    claims.forEach(this::continueClaim);
    farewell();
    world.checkWriters();
  }

  private void continueClaim(String key, Claim claim) {
    if (claim.isRenewalDue(clock())) {
      claim.renew(voters(), quorum(), clock());
      voteMyself(key, claim);
    } else if (claim.isRetryDue(clock()) && node.state() == NodeState.UP) {
      claim.begin(voters(), quorum(), claim.release(), votes.epoch(key), clock());
      voteMyself(key, claim);
    }
    HostName target = handing.get(key);
    if (target != null && !writing.containsKey(key) && claim.state() == ClaimState.SEALED) {
      handing.remove(key);
      handOver(key, claim, target);
    }
  }

  private void handOver(String key, Claim claim, HostName target) {
    votes.seal(key, target);
    long epoch = claim.epoch();
    claim.handedTo(target);
    world.say(name + " hands " + key + " to " + target);
    if (!target.equals(name)) {
      world.send(this, world.host(target), host -> host.take(key, epoch, name));
    }
  }

  private void take(String key, long epoch, HostName from) {
    if (node.state() == NodeState.UP) {
      Claim claim = claim(key);
      claim.begin(
          voters(), quorum(), new Release(from, epoch), Math.max(epoch, votes.epoch(key)), clock());
      voteMyself(key, claim);
    }
  }

  private Claim claim(String key) {
    return claims.computeIfAbsent(
        key, k -> new Claim(k, name, timings, world.random.split(), this::act));
  }

  private List<HostName> voters() {
    List<HostName> voters = new ArrayList<>(peers.in(PeerState.ALIVE));
    voters.addAll(peers.in(PeerState.SUSPECT));
    return voters;
  }

  private int quorum() {
    return world.mutation == SimWorld.Mutation.NO_MAJORITY ? 1 : (peers.view().size() + 1) / 2 + 1;
  }

  private void voteMyself(String key, Claim claim) {
    if (claim.state() == ClaimState.CLAIMING || claim.state() == ClaimState.OWNED) {
      Vote vote =
          votes.vote(
              node.state(), key, name, claim.epoch(), claim.release(), peers::standing, clock());
      claim.voted(name, claim.round(), vote, votes.owner(key), votes.epoch(key), clock());
    }
  }

  /** A request for the key came in: serve it, or try to become the owner. */
  void work(String key, HostName handTo) {
    Claim claim = claim(key);
    if (claim.canWrite(clock()) && memory.containsKey(key)) {
      if (handTo != null && !handing.containsKey(key)) {
        claim.seal();
        handing.put(key, handTo);
      } else if (!writing.containsKey(key)) {
        write(key, claim);
      }
    } else if (node.state() == NodeState.UP
        && claim.state() != ClaimState.BACKOFF
        && !isServedBy(claim.owner(), key)) {
      claim.begin(voters(), quorum(), null, votes.epoch(key), clock());
      voteMyself(key, claim);
    }
  }

  /** Another host takes the request. */
  private boolean isServedBy(HostName owner, String key) {
    return owner != null && !owner.equals(name) && world.host(owner).canWrite(key);
  }

  private void write(String key, Claim claim) {
    long value = ++values * 100 + all.indexOf(name);
    long epoch = claim.epoch();
    writing.put(key, value);
    // The check was made; a pause may come before the write leaves.
    if (!world.calm() && world.random.nextInt(40) == 0) {
      pause(world.random.nextInt(30_000));
    }
    later(
        1 + world.random.nextInt(30),
        () -> {
          writing.remove(key);
          if (!world.journal.append(key, epoch, name, value)) {
            claim.lose(null);
            memory.remove(key);
            return;
          }
          world.acked++;
          List<Long> mine = memory.get(key);
          if (mine == null) {
            world.broken(name + " wrote to " + key + " after it lost it");
            return;
          }
          mine.add(value);
          if (!mine.equals(world.journal.values(key))) {
            world.broken(
                name + " acknowledged a write of " + key + " without knowing all earlier ones");
          }
        });
  }

  void leave() {
    if (up && !closing) {
      closing = true;
      world.say(name + " leaves");
      soon(
          () -> {
            node.drain(clock());
            claims.values().forEach(Claim::seal);
          });
    }
  }

  private void farewell() {
    if (node.state() == NodeState.DRAINING && writing.isEmpty()) {
      claims.forEach((key, claim) -> claim.handedTo(null));
      node.drained(clock());
      farewell = new Farewell(timings, this::act);
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

  private void act(Action action) {
    if (world.trace != null && !(action instanceof Action.Ping)) {
      world.say(name + " " + action);
    }
    if (action instanceof Action.Ping ping) {
      world.send(this, world.host(ping.host()), host -> host.onPing(this, ping.number()));
    } else if (action instanceof Action.Negotiate negotiate) {
      List<String> known = negotiate.known().stream().map(HostName::toString).toList();
      world.send(this, world.host(negotiate.host()), host -> host.onNegotiate(this, known));
    } else if (action instanceof Action.Confirm confirm) {
      world.send(this, world.host(confirm.host()), host -> host.onConfirm(this, confirm));
    } else if (action instanceof Action.SayClosing say) {
      world.send(this, world.host(say.host()), host -> host.onClosing(this));
    } else if (action instanceof Action.ClaimChanged changed) {
      onClaim(changed);
    } else if (action instanceof Action.NodeChanged changed && changed.to() == NodeState.FENCED) {
      claims.values().forEach(claim -> claim.lose(null));
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

  private void onConfirm(SimHost from, Action.Confirm c) {
    Vote vote =
        votes.vote(
            node.state(), c.key(), from.name, c.epoch(), c.release(), peers::standing, clock());
    HostName owner = votes.owner(c.key());
    long epoch = votes.epoch(c.key());
    world.say(name + " votes " + vote + " for " + from.name + " as owner of " + c.key());
    world.send(
        this,
        from,
        host -> host.claim(c.key()).voted(name, c.round(), vote, owner, epoch, host.clock()));
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

  private void onClaim(Action.ClaimChanged changed) {
    String key = changed.key();
    switch (changed.to()) {
      case OWNED -> {
        int yes = claims.get(key).confirmedBy().size();
        if (2 * yes <= world.countedHosts()) {
          world.broken(name + " owns " + key + " by " + yes + " votes of " + world.countedHosts());
        }
        world.owned++;
        // The journal is asked over the network too.
        later(1 + world.random.nextInt(20), () -> load(key, changed.epoch()));
      }
      case LOST, REMOTE, NONE -> {
        votes.abandon(key, clock());
        if (!writing.containsKey(key)) {
          memory.remove(key);
        }
        handing.remove(key);
      }
      // While it waits it must not stand in the way of others by its own vote.
      case BACKOFF -> votes.abandon(key, clock());
      case CLAIMING, SEALED -> {}
    }
  }

  private void load(String key, long epoch) {
    Claim claim = claims.get(key);
    if (claim == null || claim.epoch() != epoch || !claim.canWrite(clock())) {
      return;
    }
    List<Long> written = world.journal.open(key, epoch, name);
    if (written == null) {
      claim.lose(null);
      return;
    }
    if (!written.isEmpty() && written.get(written.size() - 1) % 100 != all.indexOf(name)) {
      world.takeovers++;
    }
    memory.put(key, new ArrayList<>(written));
  }
}
