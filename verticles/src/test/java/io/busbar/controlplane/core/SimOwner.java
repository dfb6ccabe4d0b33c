package io.busbar.controlplane.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a simulated host does with keys: it votes, claims, writes to the journal and hands over.
 * Made anew at each start, so that nothing survives a crash.
 */
final class SimOwner {
  private final SimHost host;
  private final SimWorld world;
  private final LeaseTimes times;
  private final Votes votes;

  /** By the key's place in {@link SimWorld#KEYS}; null = never asked for. */
  private final Claim[] claims = new Claim[SimWorld.KEYS.size()];

  private final Map<String, List<Long>> memory = new HashMap<>();
  private final Map<String, Long> writing = new HashMap<>();
  private final Map<String, HostName> handing = new HashMap<>();

  SimOwner(SimHost host, SimWorld world) {
    this.host = host;
    this.world = world;
    boolean careless = world.mutation == SimWorld.Mutation.NO_LEASE_MARGIN;
    this.times = careless ? LeaseTimes.DEFAULTS.careless() : LeaseTimes.DEFAULTS;
    this.votes = new Votes(host.name, times);
  }

  boolean canWrite(String key) {
    return canWrite(SimWorld.KEYS.indexOf(key));
  }

  boolean canWrite(int key) {
    Claim claim = claims[key];
    return claim != null && claim.canWrite(host.clock());
  }

  void tick() {
    each(claim -> claim.tick(host.clock()));
    each(claim -> goOn(claim.key(), claim));
  }

  private void each(Consumer<Claim> what) {
    for (Claim claim : claims) {
      if (claim != null) {
        what.accept(claim);
      }
    }
  }

  private void goOn(String key, Claim claim) {
    claim.ties(host.tieBreaker());
    if (claim.isRenewalDue(host.clock())) {
      claim.renew(host.voters(), others(), host.clock());
      voteMyself(key, claim);
    } else if (claim.isRetryDue(host.clock()) && host.node.state() == NodeState.UP) {
      begin(key, claim, claim.release(), votes.epoch(key));
    }
    HostName target = handing.get(key);
    if (target != null && !writing.containsKey(key) && claim.state() == ClaimState.SEALED) {
      handing.remove(key);
      handOver(key, claim, target);
    }
  }

  private void begin(String key, Claim claim, Release release, long highest) {
    if (claim.state() == ClaimState.CLAIMING) {
      // A second vote of its own would be a lease, of a key that it does not have.
      return;
    }
    claim.ties(host.tieBreaker());
    claim.begin(host.voters(), others(), host.peers::standing, release, highest, host.clock());
    voteMyself(key, claim);
  }

  private void handOver(String key, Claim claim, HostName target) {
    votes.seal(key, target);
    long epoch = claim.epoch();
    claim.handedTo(target);
    world.say(host.name + " hands " + key + " to " + target);
    if (!target.equals(host.name)) {
      HostName from = host.name;
      world.send(host, world.host(target), other -> other.owner.take(key, epoch, from));
    }
  }

  private void take(String key, long epoch, HostName from) {
    if (host.node.state() == NodeState.UP) {
      begin(key, claim(key), new Release(from, epoch), Math.max(epoch, votes.epoch(key)));
    }
  }

  private Claim claim(String key) {
    int place = SimWorld.KEYS.indexOf(key);
    if (claims[place] == null) {
      claims[place] = new Claim(key, host.name, times, world.random.split(), this::act);
    }
    return claims[place];
  }

  /** How many other hosts count for a majority. */
  private int others() {
    return world.mutation == SimWorld.Mutation.NO_MAJORITY ? 0 : host.peers.view().size();
  }

  private void voteMyself(String key, Claim claim) {
    if (claim.state() == ClaimState.CLAIMING || claim.state() == ClaimState.OWNED) {
      Vote vote = vote(key, host.name, claim.epoch(), claim.release());
      claim.voted(host.name, claim.round(), vote, votes.owner(key), votes.epoch(key), host.clock());
    }
  }

  private Vote vote(String key, HostName candidate, long epoch, Release release) {
    return votes.vote(
        host.node.state(), key, candidate, epoch, release, host.peers::standing, host.clock());
  }

  /** A request for the key came in: serve it, or try to become the owner. */
  void work(String key, HostName handTo) {
    Claim claim = claim(key);
    if (claim.canWrite(host.clock()) && memory.containsKey(key)) {
      if (handTo != null && !handing.containsKey(key)) {
        claim.seal();
        handing.put(key, handTo);
      } else if (!writing.containsKey(key)) {
        write(key, claim);
      }
    } else if (host.node.state() == NodeState.UP
        && claim.state() != ClaimState.BACKOFF
        && !isServedBy(claim.owner(), key)) {
      begin(key, claim, null, votes.epoch(key));
    }
  }

  /** Another host takes the request. */
  private boolean isServedBy(HostName owner, String key) {
    return owner != null && !owner.equals(host.name) && world.host(owner).canWrite(key);
  }

  private void write(String key, Claim claim) {
    long value = host.nextValue();
    long epoch = claim.epoch();
    writing.put(key, value);
    // The check was made; a pause may come before the write leaves.
    if (!world.calm() && world.random.nextInt(40) == 0) {
      host.pause(world.random.nextInt(30_000));
    }
    host.later(
        1 + world.random.nextInt(30),
        () -> {
          writing.remove(key);
          if (!world.journal.append(key, epoch, host.name, value)) {
            claim.lose(null);
            memory.remove(key);
            return;
          }
          world.acked++;
          List<Long> mine = memory.get(key);
          if (mine == null) {
            world.broken(host.name + " wrote to " + key + " after it lost it");
            return;
          }
          mine.add(value);
          if (!mine.equals(world.journal.values(key))) {
            world.broken(
                host.name
                    + " acknowledged a write of "
                    + key
                    + " without knowing all earlier ones");
          }
        });
  }

  /** Takes nothing new: the host leaves. */
  void seal() {
    each(Claim::seal);
  }

  boolean isWriting() {
    return !writing.isEmpty();
  }

  /** What is sealed is anybody's. */
  void giveAway() {
    each(claim -> claim.handedTo(null));
  }

  /** The host has no majority. */
  void loseAll() {
    each(claim -> claim.lose(null));
  }

  /** Another host asks for this one's vote. */
  void onConfirm(SimHost from, ClaimAction.Confirm c) {
    Claim mine = claims[SimWorld.KEYS.indexOf(c.key())];
    boolean kept = mine != null && mine.keepsItsVoteFrom(from.name);
    Vote vote =
        kept
            ? Vote.no(Vote.Reason.RESERVED_FOR_OTHER, "owned by " + host.name)
            : vote(c.key(), from.name, c.epoch(), c.release());
    HostName owner = kept ? host.name : votes.owner(c.key());
    long epoch = votes.epoch(c.key());
    HostName voter = host.name;
    if (world.trace != null) {
      world.say(voter + " votes " + vote + " for " + from.name + " as owner of " + c.key());
    }
    world.send(
        host,
        from,
        other ->
            other.owner.claim(c.key()).voted(voter, c.round(), vote, owner, epoch, other.clock()));
  }

  private void act(ClaimAction action) {
    if (world.trace != null) {
      world.say(host.name + " " + action);
    }
    if (action instanceof ClaimAction.Confirm confirm) {
      world.send(host, world.host(confirm.host()), other -> other.owner.onConfirm(host, confirm));
    } else if (action instanceof ClaimAction.ClaimChanged changed) {
      changed(changed);
    }
  }

  private void changed(ClaimAction.ClaimChanged changed) {
    String key = changed.key();
    switch (changed.to()) {
      case OWNED -> {
        int yes = claim(key).confirmedBy().size();
        int counted = world.countedHosts();
        if (world.breaksTies() ? 2 * yes < counted : 2 * yes <= counted) {
          world.broken(host.name + " owns " + key + " by " + yes + " votes of " + counted);
        }
        world.owned++;
        // The journal is asked over the network too.
        host.later(1 + world.random.nextInt(20), () -> load(key, changed.epoch()));
      }
      case LOST, REMOTE, NONE -> {
        votes.abandon(key, host.clock());
        if (!writing.containsKey(key)) {
          memory.remove(key);
        }
        handing.remove(key);
      }
      case BACKOFF -> {
        // Of those that split the votes one keeps its own; the others must not stand in its way.
        if (claim(key).isBehind()) {
          votes.abandon(key, host.clock());
        }
      }
      case CLAIMING, SEALED -> {}
    }
  }

  private void load(String key, long epoch) {
    Claim claim = claims[SimWorld.KEYS.indexOf(key)];
    if (claim == null || claim.epoch() != epoch || !claim.canWrite(host.clock())) {
      return;
    }
    List<Long> written = world.journal.open(key, epoch, host.name);
    if (written == null) {
      claim.lose(null);
      return;
    }
    if (!written.isEmpty() && !host.isMine(written.get(written.size() - 1))) {
      world.takeovers++;
    }
    memory.put(key, new ArrayList<>(written));
  }
}
