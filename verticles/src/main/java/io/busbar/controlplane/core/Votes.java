package io.busbar.controlplane.core;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The votes that one host gave, kept in its memory: a host that stands for itself alone. */
public final class Votes {
  private static final class Given {
    HostName owner;
    boolean firm;
    long epoch;
    long until;
    HostName sealedFor;
  }

  private final HostName self;
  private final Timings timings;
  private final Map<String, Given> given = new HashMap<>();

  public Votes(HostName self, Timings timings) {
    this.self = self;
    this.timings = timings;
  }

  /** Decides by {@link VoteRules} and remembers what it promised. */
  public Vote vote(
      NodeState node,
      String key,
      HostName newHost,
      long epoch,
      Release release,
      Function<HostName, Standing> standing,
      long now) {
    Given old = given.get(key);
    Held held = old == null ? null : held(old, standing, now);
    HostName sound = newHost != null && VoteRules.isKey(key) ? newHost : null;
    Standing of = sound == null ? Standing.UNKNOWN : standing.apply(sound);
    Vote vote = VoteRules.judge(node, self, sound, of, epoch, release, held);
    if (!vote.accepted()) {
      return vote;
    }
    boolean leased = remember(key, old, newHost, epoch, now);
    return Vote.yes(leased ? Vote.Reason.REFRESHED : firstVote(vote.reason()));
  }

  /** The caller must not take a reservation for a lease. */
  private static Vote.Reason firstVote(Vote.Reason reason) {
    return reason == Vote.Reason.REFRESHED ? Vote.Reason.RESERVED : reason;
  }

  /** Whether it is a lease now, not only a reservation. */
  private boolean remember(String key, Given old, HostName newHost, long epoch, long now) {
    Given next = old == null ? new Given() : old;
    boolean same = newHost.equals(next.owner);
    // The same host with a larger epoch lost it in between and starts anew.
    boolean again = same && epoch == next.epoch;
    next.owner = newHost;
    next.firm = again;
    next.epoch = Math.max(next.epoch, epoch);
    long until = now + (again ? timings.lease() : timings.reservation());
    next.until = same ? Math.max(next.until, until) : until;
    next.sealedFor = null;
    given.put(key, next);
    return again;
  }

  private static Held held(Given g, Function<HostName, Standing> standing, long now) {
    return new Held(g.owner, standing.apply(g.owner), g.firm, now >= g.until, g.epoch, g.sealedFor);
  }

  /** This host, the owner, hands the key to that one: it alone may have it now. */
  public void seal(String key, HostName target) {
    Given g = given.get(key);
    if (g != null && g.owner.equals(self)) {
      g.sealedFor = target;
    }
  }

  /** This host has stopped writing: its own vote binds no longer. */
  public void abandon(String key, long now) {
    Given g = given.get(key);
    if (g != null && g.owner.equals(self)) {
      g.until = Math.min(g.until, now);
    }
  }

  /** Largest epoch heard of for the key, 0 = none. */
  public long epoch(String key) {
    Given g = given.get(key);
    return g == null ? 0 : g.epoch;
  }

  /** Null = nobody. */
  public HostName owner(String key) {
    Given g = given.get(key);
    return g == null ? null : g.owner;
  }
}
