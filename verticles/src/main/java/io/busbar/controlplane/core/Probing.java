package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Action.Alarm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Pings of the peers and what follows from their answers. */
final class Probing {
  private static final long FIRST_BACKOFF = 1000;
  private static final int KNOCK = 5;
  private static final long DOUBT_EVERY = 1000;

  private final Peers peers;
  private final Timings timings;
  private final RandomGenerator random;
  private final Consumer<Action> out;
  private long numbers;
  private int late;
  private long nextExchange = Long.MIN_VALUE;

  Probing(Peers peers, Timings timings, RandomGenerator random, Consumer<Action> out) {
    this.peers = peers;
    this.timings = timings;
    this.random = random;
    this.out = out;
  }

  void late(int score) {
    late = Math.max(0, score);
  }

  void tick(Peer peer, OwnWeight own, long now) {
    switch (peer.state) {
      case CONNECTING, ALIVE, SUSPECT -> ping(peer, now);
      case LEAVING -> {
        if (now - peer.since >= timings.left() && peer.probed) {
          peers.changed(peer, PeerState.LEFT, "closing is over", now);
        } else {
          ping(peer, now);
        }
      }
      case LEFT, DEAD -> buried(peer, now);
      case REMOVED -> peers.forget(peer);
    }
    if (peer.probed && peer.state == PeerState.ALIVE && now >= peer.nextList) {
      list(peer, now);
    }
    if (peer.probed && peer.state == PeerState.SUSPECT) {
      if (now >= peer.nextQuestion) {
        askOthers(peer, now);
      }
      judge(peer, own, now);
    }
  }

  private void ping(Peer peer, long now) {
    if (!peer.probed) {
      return;
    }
    if (peer.pinging && now >= peer.pingUntil) {
      missed(peer, false, now);
    }
    if (!peer.pinging && now >= peer.nextPing) {
      peer.pinging = true;
      peer.pingNumber = ++numbers;
      peer.pingUntil = now + timings.pingDeadline() * (1 + late);
      out.accept(new Action.Ping(peer.host, peer.pingNumber));
    }
  }

  private void buried(Peer peer, long now) {
    if (peer.reviving) {
      ping(peer, now);
    } else if (peer.probed && now - peer.since >= timings.tombstone()) {
      if (peer.discovered) {
        peer.nextPing = now;
        peer.backoff = timings.maxBackoff();
        peers.changed(peer, PeerState.CONNECTING, "discovery still names it", now);
      } else {
        peers.forget(peer);
        peers.changed(peer, PeerState.REMOVED, "tombstone", now);
      }
    } else if (peer.state == PeerState.DEAD) {
      // Two hosts that found each other dead would both wait to be spoken to: a ping now and then
      // is what the other one takes for contact. Its answer alone revives nobody.
      ping(peer, now);
    }
  }

  void answered(Peer peer, String says, long now) {
    peer.pinging = false;
    peer.nextPing = now + pause(peer);
    boolean itself =
        says.isEmpty()
            || says.equals(peer.host.toString())
            || HostName.parse(says).filter(peer.host::equals).isPresent();
    if (!itself) {
      peers.raise(Alarm.IDENTITY, peer.host + " answers as another host");
      if (peer.state == PeerState.ALIVE) {
        suspect(peer, "identity", now);
      } else {
        missed(peer, false, now);
      }
      return;
    }
    peer.misses = 0;
    peer.backoff = 0;
    switch (peer.state) {
      case CONNECTING, SUSPECT -> alive(peer, "ping answered", now);
      case LEFT, DEAD -> {
        if (peer.reviving) {
          alive(peer, "spoke and answered", now);
        } else {
          peer.nextPing = now + KNOCK * timings.pingEvery();
        }
      }
      case ALIVE, LEAVING, REMOVED -> {}
    }
  }

  private void alive(Peer peer, String cause, long now) {
    boolean isNew = peer.state != PeerState.SUSPECT;
    peers.changed(peer, PeerState.ALIVE, cause, now);
    list(peer, now);
    if (isNew) {
      out.accept(new Action.Negotiate(peer.host, peers.known()));
    }
  }

  private void list(Peer peer, long now) {
    peer.nextList = now + timings.repair();
    out.accept(new Action.ListOwned(peer.host));
  }

  void missed(Peer peer, boolean refused, long now) {
    peer.pinging = false;
    peer.misses++;
    peer.nextPing = now + pause(peer);
    switch (peer.state) {
      case ALIVE -> {
        if (peer.misses >= timings.misses()) {
          suspect(peer, peer.misses + " pings missed", now);
        }
      }
      case CONNECTING -> {
        if (peer.misses >= timings.misses()) {
          peer.backoff =
              peer.backoff == 0 ? FIRST_BACKOFF : Math.min(timings.maxBackoff(), peer.backoff * 2);
          peer.nextPing = now + peer.backoff;
        }
      }
      case LEAVING -> {
        if (refused) {
          peers.changed(peer, PeerState.LEFT, "ping refused", now);
        }
      }
      case LEFT, DEAD -> {
        peer.reviving = false;
        peer.nextPing = now + KNOCK * timings.pingEvery();
      }
      case SUSPECT, REMOVED -> {}
    }
  }

  private void suspect(Peer peer, String cause, long now) {
    peers.changed(peer, PeerState.SUSPECT, cause, now);
    askOthers(peer, now);
  }

  boolean doubted(Peer peer, long now) {
    boolean counts = peer.state == PeerState.ALIVE || peer.state == PeerState.SUSPECT;
    if (!counts || now < peer.nextDoubt) {
      return false;
    }
    peer.nextDoubt = now + DOUBT_EVERY;
    if (peer.state == PeerState.ALIVE) {
      peer.nextPing = Math.min(peer.nextPing, now);
    } else {
      peer.nextQuestion = Math.min(peer.nextQuestion, now);
    }
    return true;
  }

  /** Two others: what they leave out of their answers is their vote. */
  private void askOthers(Peer suspect, long now) {
    suspect.nextQuestion = now + timings.askAgain();
    List<HostName> others = new ArrayList<>(peers.in(PeerState.ALIVE));
    for (int i = 0; i < 2 && !others.isEmpty(); i++) {
      HostName asked = others.remove(random.nextInt(others.size()));
      out.accept(new Action.Negotiate(asked, peers.known()));
    }
  }

  /** Two votes, and a majority counted before the removal. */
  void judge(Peer suspect, OwnWeight own, long now) {
    suspect
        .omittedBy
        .entrySet()
        .removeIf(
            vote ->
                now - vote.getValue() > timings.opinion()
                    || peers.state(vote.getKey()) != PeerState.ALIVE);
    boolean seconded = !suspect.omittedBy.isEmpty();
    if (suspect.probed && seconded && peers.hasMajority(own)) {
      peers.changed(suspect, PeerState.DEAD, "second opinion", now);
    }
  }

  void antiEntropy(long now) {
    if (now < nextExchange) {
      return;
    }
    nextExchange = now + timings.antiEntropy();
    List<HostName> alive = peers.in(PeerState.ALIVE);
    if (!alive.isEmpty()) {
      HostName asked = alive.get(random.nextInt(alive.size()));
      out.accept(new Action.Negotiate(asked, peers.known()));
    }
  }

  private long pause(Peer peer) {
    double spread = 1 + timings.jitter() * (2 * random.nextDouble() - 1);
    boolean seldom = peer.state == PeerState.ALIVE && peer.misses == 0 && !peers.isWatched(peer);
    return Math.round((seldom ? timings.antiEntropy() : timings.pingEvery()) * spread);
  }
}
