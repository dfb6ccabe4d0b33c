package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Vote.Reason;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The votes that one host gave, kept in its memory: a host that stands for itself alone, as those
 * outside do. It decides by the product's rules: rows 1 to 4 by {@link VoteRules}, from row 5 on as
 * the ownership map does, by {@link OwnerRules}.
 */
final class Votes {
  /** The rules do not look at a key's name. */
  private static final String KEY = "key";

  /** Such voters count epochs from 1 and know no other clock than their own. */
  private static final OwnerRequest.Stamp NO_CLOCK = new OwnerRequest.Stamp(0, 0, 0);

  private static final class Given {
    HostName owner;
    boolean firm;
    long epoch;
    long until;
    HostName sealedFor;
  }

  private final HostName self;
  private final LeaseTimes times;
  private final Map<String, Given> given = new HashMap<>();

  Votes(HostName self, LeaseTimes times) {
    this.self = self;
    this.times = times;
  }

  /** Decides and remembers what it promised. */
  Vote vote(
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
    Vote vote = judge(node, self, sound, of, epoch, release, held);
    if (!vote.accepted()) {
      return vote;
    }
    boolean leased = remember(key, old, newHost, epoch, now);
    return Vote.yes(leased ? Reason.REFRESHED : firstVote(vote.reason()));
  }

  /** The caller must not take a reservation for a lease. */
  private static Reason firstVote(Reason reason) {
    return reason == Reason.REFRESHED ? Reason.RESERVED : reason;
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
    long until = now + (again ? times.lease() : times.reservation());
    next.until = same ? Math.max(next.until, until) : until;
    next.sealedFor = null;
    given.put(key, next);
    return again;
  }

  private static Held held(Given g, Function<HostName, Standing> standing, long now) {
    return new Held(g.owner, standing.apply(g.owner), g.firm, now >= g.until, g.epoch, g.sealedFor);
  }

  /** This host, the owner, hands the key to that one: it alone may have it now. */
  void seal(String key, HostName target) {
    Given g = given.get(key);
    if (g != null && g.owner.equals(self)) {
      g.sealedFor = target;
    }
  }

  /** This host has stopped writing: its own vote binds no longer. */
  void abandon(String key, long now) {
    Given g = given.get(key);
    if (g != null && g.owner.equals(self)) {
      g.until = Math.min(g.until, now);
    }
  }

  /** Largest epoch heard of for the key, 0 = none. */
  long epoch(String key) {
    Given g = given.get(key);
    return g == null ? 0 : g.epoch;
  }

  /** Null = nobody. */
  HostName owner(String key) {
    Given g = given.get(key);
    return g == null ? null : g.owner;
  }

  /**
   * Decides one request of a voter that stands for itself alone and remembers what it voted. From
   * row 5 on the key's rules decide ({@link OwnerRules}), as in the ownership map: a vote counts as
   * an owner's entry, and a lease that lapsed as the end of the owner's session.
   *
   * @param node state of the voter
   * @param self the voter
   * @param newHost who is to own the key; null = the request makes no sense
   * @param standing of the new host
   * @param epoch asked for; 0 = the caller knows none
   * @param release what the caller says that the owner said; null = nothing
   * @param held null = nobody has it
   */
  static Vote judge(
      NodeState node,
      HostName self,
      HostName newHost,
      Standing standing,
      long epoch,
      Release release,
      Held held) {
    boolean leaves = newHost != null && newHost.equals(self) && node.isLeaving();
    Refusal refused = VoteRules.refusal(node, newHost, leaves, standing);
    if (newHost != null && (node == NodeState.CLOSING || node == NodeState.STOPPED)) {
      // Others may count this host out already, so its vote must not make a majority.
      return Vote.no(Reason.DRAINING, "closing");
    } else if (refused != null) {
      return Vote.no(reason(refused), refused.text());
    }
    boolean handedOver =
        held != null
            && epoch > held.epoch()
            && !held.owner().equals(self)
            && new Release(held.owner(), held.epoch()).equals(release);
    OwnerRequest.Confirm confirm =
        new OwnerRequest.Confirm(
            NO_CLOCK,
            new Holder(newHost.toString(), 0),
            epoch == 0 ? ConfirmOwner.RESERVE_MILLIS : 0,
            epoch,
            handedOver,
            held == null ? "" : held.owner().toString(),
            held == null ? HostState.UNKNOWN : state(held));
    OwnerAnswer answer = OwnerRules.decide(KEY, record(held), confirm).answer();
    return vote(answer, newHost, held, handedOver);
  }

  private static Reason reason(Refusal refused) {
    return switch (refused) {
      case INVALID -> Reason.INVALID;
      case NO_QUORUM -> Reason.NO_QUORUM;
      case JOINING -> Reason.JOINING;
      case DRAINING -> Reason.DRAINING;
      case UNAVAILABLE -> Reason.UNAVAILABLE;
    };
  }

  private static HostState state(Held held) {
    if (held.lapsed()) {
      return HostState.GONE;
    }
    return switch (held.standing()) {
      case LIVE, LEAVING -> HostState.ALIVE;
      // Found dead, yet it may still write on its lease.
      case SUSPECT, UNKNOWN, GONE -> HostState.SUSPECT;
    };
  }

  private static OwnerRecord record(Held held) {
    if (held == null) {
      return null;
    }
    HostName target = held.sealedFor();
    return new OwnerRecord(
        KEY,
        target == null ? OwnerState.OWNED : OwnerState.SEALED,
        new Holder(held.owner().toString(), 0),
        held.epoch(),
        target == null ? "" : target.toString(),
        null,
        0,
        List.of());
  }

  private static Vote vote(OwnerAnswer answer, HostName newHost, Held held, boolean handedOver) {
    return switch (answer.code()) {
      case RESERVED -> Vote.yes(Reason.RESERVED);
      case HELD -> Vote.yes(Reason.REFRESHED);
      case GRANTED -> Vote.yes(granted(newHost, held, handedOver));
      case OWNED_BY_OTHER ->
          held.firm()
              ? Vote.no(Reason.OWNED, "owned by " + held.owner())
              : Vote.no(Reason.RESERVED_FOR_OTHER, "owned by " + held.owner());
      // A mere reservation with a larger epoch is no owner that others must give way to.
      case STALE_EPOCH ->
          Vote.no(
              held.firm() ? Reason.STALE_EPOCH : Reason.RESERVED_FOR_OTHER,
              "owned by " + held.owner());
      case OWNER_SUSPECT ->
          held.standing() == Standing.GONE
              ? Vote.no(Reason.LEASED, "owner's lease runs, retry")
              : Vote.no(Reason.OWNER_SUSPECT, "owner suspect, retry");
      default -> Vote.no(Reason.INVALID, "invalid");
    };
  }

  private static Reason granted(HostName newHost, Held held, boolean handedOver) {
    if (held == null) {
      return Reason.RESERVED;
    } else if (held.owner().equals(newHost)) {
      return Reason.REFRESHED;
    } else if (handedOver || newHost.equals(held.sealedFor())) {
      return Reason.HANDED_OVER;
    }
    return held.firm() ? Reason.TAKEN_OVER : Reason.RESERVED;
  }
}
