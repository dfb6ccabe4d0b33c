package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.Action.PeerChanged;
import io.busbar.controlplane.core.Action.Raised;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * All peers of this host: the merge of host lists, liveness, and the guarded verdict that a host is
 * dead. A host is named as healthy only after this one pinged it; absence from a list removes
 * nobody.
 */
public final class Peers {
  /** Hosts looked at in one list, and hosts kept. */
  public static final int MOST_HOSTS = 1000;

  private final HostName self;
  private final Consumer<Action> out;
  private final Map<HostName, Peer> peers = new TreeMap<>();
  private final AgreedView view;
  private final Probing probing;
  private final Buried buried;
  private Set<HostName> ours = Set.of();
  private Set<HostName> watched;
  private boolean lowestBreaksTies;

  /**
   * @param keepDead whether hosts found dead still count for majorities; false only where one
   *     authority agrees on each removal
   */
  public Peers(
      HostName self,
      Timings timings,
      boolean keepDead,
      RandomGenerator random,
      Consumer<Action> out) {
    this.self = self;
    this.out = out;
    this.view = new AgreedView(keepDead);
    this.buried = new Buried(timings.tombstone());
    this.probing = new Probing(this, timings, random, out);
  }

  /** From now on the half of an even split that has the lowest host counts as a majority. */
  public void breakTies() {
    lowestBreaksTies = true;
  }

  /**
   * How late this very host is, 0 in time to 8 worst: its pings wait that many times longer for
   * their answers, so that it does not take its own slowness for that of others.
   */
  public void late(int score) {
    probing.late(score);
  }

  /** The view that majorities are counted in. */
  public AgreedView view() {
    return view;
  }

  /** Hosts that belong to this host's own authority: healthy by its word, never pinged. */
  public void ours(Set<HostName> hosts) {
    if (!ours.equals(hosts)) {
      ours = Set.copyOf(hosts);
      watched = null;
    }
    for (HostName host : hosts) {
      if (peers.remove(host) != null) {
        view.forget(host);
      }
    }
  }

  /** Named by configuration or discovery. */
  public void discovered(HostName host, long now) {
    Peer peer = learn(host, now, "discovery");
    if (peer != null) {
      peer.discovered = true;
    }
  }

  /**
   * Discovery, which is authoritative, says that the host does not exist any more: whatever its
   * state was, it does not count from now on, and no second opinion is needed.
   */
  public void gone(HostName host, long now) {
    Peer peer = peers.get(host);
    if (peer != null) {
      forget(peer);
      view.forget(host);
      buried.add(host, now);
      changed(peer, PeerState.REMOVED, "discovery", now);
    }
  }

  /**
   * Names out of a list that another host sent. Odd ones are dropped and counted, known ones keep
   * their state, gone ones stay gone.
   *
   * @return what the list named, in the one form
   */
  public Set<HostName> heard(Collection<String> names, long now) {
    Set<HostName> named = HostList.read(names, this::raise);
    for (HostName host : named) {
      if (!buried.contains(host, now)) {
        learn(host, now, "hearsay");
      }
    }
    return named;
  }

  private Peer learn(HostName host, long now, String cause) {
    if (isOurs(host)) {
      return null;
    }
    Peer peer = peers.get(host);
    if (peer != null) {
      return peer;
    }
    if (peers.size() >= MOST_HOSTS) {
      raise(Alarm.TOO_MANY_HOSTS, "no room for " + host);
      return null;
    }
    peer = new Peer(host, now);
    peers.put(host, peer);
    buried.remove(host);
    watched = null;
    out.accept(new PeerChanged(host, null, PeerState.CONNECTING, cause));
    return peer;
  }

  /** The host itself spoke to this one: it may come back from the dead if it also answers. */
  public void contacted(HostName host, long now) {
    Peer peer = learn(host, now, "contact");
    if (peer == null) {
      return;
    }
    if (peer.state.isTombstone() && !peer.reviving) {
      peer.reviving = true;
      peer.nextPing = now;
    } else if (peer.state == PeerState.CONNECTING && peer.backoff > 0) {
      peer.backoff = 0;
      peer.misses = 0;
      peer.nextPing = now;
    }
  }

  /**
   * The host said that it closes.
   *
   * @return false = somebody says that this very host closes
   */
  public boolean closing(HostName host, long now) {
    if (host.equals(self)) {
      raise(Alarm.SPOOFED_CLOSING, "a notice says that " + self + " closes");
      return false;
    }
    Peer peer = peers.get(host);
    if (peer != null
        && (peer.state == PeerState.ALIVE
            || peer.state == PeerState.SUSPECT
            || peer.state == PeerState.CONNECTING)) {
      changed(peer, PeerState.LEAVING, "closing", now);
    }
    return true;
  }

  /** What a host names as healthy: hosts to learn of, and its opinion of those it leaves out. */
  public void opinion(HostName from, Collection<String> names, OwnWeight own, long now) {
    Set<HostName> healthy = heard(names, now);
    for (Peer peer : new ArrayList<>(peers.values())) {
      if (peer.host.equals(from)) {
        continue;
      }
      if (healthy.contains(peer.host)) {
        peer.omittedBy.remove(from);
      } else if (peer.state == PeerState.SUSPECT) {
        peer.omittedBy.put(from, now);
        probing.judge(peer, own, now);
      } else if (peer.state == PeerState.ALIVE && !isWatched(peer)) {
        peer.nextPing = Math.min(peer.nextPing, now);
      }
    }
  }

  /**
   * A third host says that it lost this one, which is looked at now; changes no state by itself.
   *
   * @return false = unknown, not healthy, or looked at in the last second
   */
  public boolean doubted(HostName host, long now) {
    Peer peer = peers.get(host);
    return peer != null && probing.doubted(peer, now);
  }

  /** A ping was answered; an empty name is a host that does not say who it is. */
  public void answered(HostName host, long number, String says, long now) {
    Peer peer = peers.get(host);
    if (peer != null && peer.pinging && peer.pingNumber == number) {
      probing.answered(peer, says, now);
    }
  }

  /**
   * A ping was not answered in time, or failed.
   *
   * @param refused the host's process is not there
   */
  public void missed(HostName host, long number, boolean refused, long now) {
    Peer peer = peers.get(host);
    if (peer != null && peer.pinging && peer.pingNumber == number) {
      probing.missed(peer, refused, now);
    }
  }

  /** Takes over what another node of the own authority found out; that one pings the host. */
  public void told(HostName host, PeerState state, String cause, long now) {
    Peer peer = learn(host, now, "told");
    if (peer == null || peer.probed || peer.state == state) {
      return;
    }
    if (state == PeerState.REMOVED) {
      forget(peer);
      view.forget(host);
    }
    changed(peer, state, cause, now);
  }

  /** Whether this node pings the host, or another node of the own authority. */
  public void probe(HostName host, boolean here, long now) {
    Peer peer = peers.get(host);
    if (peer != null && peer.probed != here) {
      peer.probed = here;
      peer.pinging = false;
      peer.misses = 0;
      peer.nextPing = now;
      peer.nextList = now;
    }
  }

  /** Does what is due. */
  public void tick(OwnWeight own, long now) {
    for (Peer peer : new ArrayList<>(peers.values())) {
      probing.tick(peer, own, now);
    }
    probing.antiEntropy(now);
    buried.tick(now);
  }

  /** Everyone that another host should hear of: this one, its authority, all that are not gone. */
  public List<HostName> known() {
    Set<HostName> known = new TreeSet<>(ours);
    known.add(self);
    peers.values().stream()
        .filter(peer -> !peer.state.isTombstone())
        .forEach(peer -> known.add(peer.host));
    return new ArrayList<>(known);
  }

  /** Healthy hosts, sorted: what a Negotiate is answered with. */
  public List<HostName> healthy(NodeState node) {
    Set<HostName> healthy = new TreeSet<>(ours);
    healthy.addAll(in(PeerState.ALIVE));
    if (node.namesItself()) {
      healthy.add(self);
    } else {
      healthy.remove(self);
    }
    return new ArrayList<>(healthy);
  }

  /** Peers in that state, sorted; the caller's own list. */
  public List<HostName> in(PeerState state) {
    // No stream: each tick asks, of each host.
    List<HostName> hosts = new ArrayList<>(peers.size());
    for (Peer peer : peers.values()) {
      if (peer.state == state) {
        hosts.add(peer.host);
      }
    }
    return hosts;
  }

  /** All peers, gone ones included, by host. */
  public Map<HostName, PeerState> states() {
    Map<HostName, PeerState> states = new TreeMap<>();
    peers.values().forEach(peer -> states.put(peer.host, peer.state));
    return states;
  }

  /** Whether a host is waited for that may come back by speaking to us. */
  public boolean expectsContact() {
    return !buried.isEmpty()
        || peers.values().stream().anyMatch(p -> p.state.isTombstone() || p.backoff > 0);
  }

  /** Whether the host was tried for a while without an answer. */
  public boolean isUnreachable(HostName host) {
    Peer peer = peers.get(host);
    return peer == null || peer.backoff > 0;
  }

  /** Null = unknown. */
  public PeerState state(HostName host) {
    Peer peer = peers.get(host);
    return peer == null ? null : peer.state;
  }

  /** What a voter must know of a host. */
  public Standing standing(HostName host) {
    if (isOurs(host)) {
      return Standing.LIVE;
    }
    Peer peer = peers.get(host);
    return peer == null ? Standing.UNKNOWN : peer.state.standing();
  }

  /** Whether the own authority and the peers it sees are a strict majority of the view. */
  public boolean hasMajority(OwnWeight own) {
    int present = own.present() + in(PeerState.ALIVE).size();
    int counted = own.size() + view.size();
    if (2 * present != counted) {
      return 2 * present > counted;
    }
    HostName lowest = tieBreaker(own);
    return lowest != null && (isOurs(lowest) || state(lowest) == PeerState.ALIVE);
  }

  /**
   * The host whose half of an even split is the majority: the lowest of all that count. Null = none
   * is: that is not wanted, or hosts of the own authority are missing, whose names are not known.
   */
  public HostName tieBreaker(OwnWeight own) {
    if (!lowestBreaksTies || own.present() != own.size()) {
      return null;
    }
    Set<HostName> all = new TreeSet<>(view.members());
    all.addAll(ours);
    all.add(self);
    return all.iterator().next();
  }

  /** Hosts kept, gone ones included. */
  public int size() {
    return peers.size();
  }

  boolean isOurs(HostName host) {
    return host.equals(self) || ours.contains(host);
  }

  void changed(Peer peer, PeerState to, String cause, long now) {
    PeerState from = peer.state;
    peer.state = to;
    peer.since = now;
    peer.omittedBy.clear();
    if (to == PeerState.ALIVE) {
      if (from != PeerState.SUSPECT) {
        peer.incarnation++;
      }
      peer.reviving = false;
      view.admit(peer.host);
    } else if (to == PeerState.LEFT) {
      view.forget(peer.host);
    } else if (to == PeerState.DEAD) {
      view.died(peer.host);
    }
    out.accept(new PeerChanged(peer.host, from, to, cause));
  }

  /** Whether it is pinged at full pace; the others of a large cluster are now and then. */
  boolean isWatched(Peer peer) {
    if (watched == null) {
      Set<HostName> all = new TreeSet<>(ours);
      all.add(self);
      watched = Ring.watched(all, peers.keySet());
    }
    return watched.contains(peer.host);
  }

  void forget(Peer peer) {
    peers.remove(peer.host);
    watched = null;
  }

  void raise(Alarm alarm, String detail) {
    out.accept(new Raised(alarm, detail));
  }
}
