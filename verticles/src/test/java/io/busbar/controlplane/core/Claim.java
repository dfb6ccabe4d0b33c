package io.busbar.controlplane.core;

import io.busbar.controlplane.core.ClaimAction.ClaimChanged;
import io.busbar.controlplane.core.ClaimAction.Confirm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The claim of a host that stands for itself to one key, against voters that each know only their
 * own table; the votes are counted by the product's {@link Ballot}. An owner holds a lease that
 * counts from the moment the confirmed round was sent, so that it stops writing before any voter
 * lets another have the key.
 */
final class Claim {
  /** It has one vote, its own, which is asked for like the others'. */
  private static final OwnWeight ALONE = new OwnWeight(0, 1);

  private static final int FIRST_BACKOFF = 50;

  private final String key;
  private final HostName self;
  private final LeaseTimes times;
  private final ClaimTries retries;
  private final Consumer<ClaimAction> out;
  private final Set<HostName> yes = new TreeSet<>();
  private final Set<HostName> leases = new TreeSet<>();
  private ClaimState state = ClaimState.NONE;
  private HostName owner;
  private long seen;
  private long epoch;
  private long round;
  private long sentAt;
  private boolean decided;
  private Ballot ballot;
  private List<HostName> asked = List.of();
  private Function<HostName, Standing> standing;
  private long until;
  private long wakeAt;
  private int counted;
  private Release release;
  private HostName rival;
  private HostName tieBreaker;

  Claim(
      String key,
      HostName self,
      LeaseTimes times,
      RandomGenerator random,
      Consumer<ClaimAction> out) {
    this.key = key;
    this.self = self;
    this.times = times;
    this.retries = new ClaimTries(FIRST_BACKOFF, random);
    this.out = out;
  }

  String key() {
    return key;
  }

  ClaimState state() {
    return state;
  }

  long epoch() {
    return epoch;
  }

  /** Of the round whose answers count. */
  long round() {
    return round;
  }

  /** Those who confirmed the last round. */
  Set<HostName> confirmedBy() {
    return Set.copyOf(yes);
  }

  /**
   * Whether this host may write now. To be asked right before each write; what is already on its
   * way can still arrive later, which only the resource can refuse.
   */
  boolean canWrite(long now) {
    return state == ClaimState.OWNED && now < until;
  }

  /**
   * Asks all voters.
   *
   * @param ask hosts other than this one
   * @param others how many hosts beside this one count for the majority
   * @param known what this host knows of another
   * @param handed of the owner that hands the key over, null = nobody does
   * @param highestSeen largest epoch of the key known here
   */
  void begin(
      Collection<HostName> ask,
      int others,
      Function<HostName, Standing> known,
      Release handed,
      long highestSeen,
      long now) {
    if (state == ClaimState.OWNED || state == ClaimState.SEALED || state == ClaimState.CLAIMING) {
      return;
    }
    seen = Math.max(seen, highestSeen);
    epoch = seen + 1;
    seen = epoch;
    release = handed;
    standing = known;
    send(ask, others, now);
    to(ClaimState.CLAIMING, null);
  }

  /** Of the owner that hands the key over; null = nobody does. */
  Release release() {
    return release;
  }

  /** Asks again for what it has, with the same epoch. */
  void renew(Collection<HostName> ask, int others, long now) {
    if (state == ClaimState.OWNED) {
      send(ask, others, now);
    }
  }

  /** Whether a renewal is due. */
  boolean isRenewalDue(long now) {
    return state == ClaimState.OWNED && now >= wakeAt;
  }

  /** Whether another claimant comes first, by what voters said to the last try. */
  boolean isBehind() {
    return rival != null;
  }

  /**
   * Whether this host means to have the key itself and comes before the other claimant, so that its
   * own vote is not to be had: else the two behind could take it in turns for ever.
   */
  boolean keepsItsVoteFrom(HostName other) {
    boolean wants = state == ClaimState.CLAIMING || state == ClaimState.BACKOFF;
    return wants && rival == null && !ClaimTries.isAhead(key, other, self);
  }

  /** Whether the pause after a failed try is over. */
  boolean isRetryDue(long now) {
    return state == ClaimState.BACKOFF && now >= wakeAt;
  }

  private void send(Collection<HostName> ask, int others, long now) {
    round++;
    yes.clear();
    leases.clear();
    rival = null;
    decided = false;
    sentAt = now;
    counted = others;
    asked = new ArrayList<>(ask);
    asked.add(self);
    ballot = new Ballot(ALONE, counted, asked).ties(tieBreaker, false);
    wakeAt = now + times.renew();
    for (HostName host : ask) {
      out.accept(new Confirm(host, key, epoch, round, release));
    }
  }

  /**
   * A voter answered, this host's own vote included.
   *
   * @param of round that the vote is for
   * @param highest largest epoch that the voter knows
   */
  void voted(HostName from, long of, Vote vote, HostName heldBy, long highest, long now) {
    seen = Math.max(seen, highest);
    if (of != round || (state != ClaimState.CLAIMING && state != ClaimState.OWNED)) {
      return;
    }
    if (vote.accepted()) {
      yes.add(from);
      if (vote.reason() == Vote.Reason.REFRESHED) {
        leases.add(from);
      }
      ballot.agreed(from);
      if (state == ClaimState.OWNED && !decided && isMajority(yes)) {
        decided = true;
        confirmed(now);
      }
      if (isMajority(leases)) {
        until = Math.max(until, sentAt + times.lease() - times.margin());
        wakeAt = Math.max(wakeAt, sentAt + times.renew());
      }
    } else if (state == ClaimState.OWNED) {
      if (highest > epoch && isLost(vote.reason(), heldBy)) {
        lose(heldBy);
      }
    } else {
      boolean others = vote.reason() == Vote.Reason.OWNED && !self.equals(heldBy);
      ballot.refused(from, others ? heldBy : null, others ? standing.apply(heldBy) : null);
      if (vote.reason() == Vote.Reason.RESERVED_FOR_OTHER
          && ClaimTries.isAhead(key, heldBy, self)) {
        rival = heldBy;
      }
    }
    if (state == ClaimState.CLAIMING) {
      look(now);
    }
  }

  /** Half of the votes is enough when it has that host's; null = no half is. */
  void ties(HostName host) {
    tieBreaker = host;
  }

  private boolean isMajority(Set<HostName> votes) {
    int all = 1 + counted;
    return 2 * votes.size() > all
        || (2 * votes.size() == all && tieBreaker != null && votes.contains(tieBreaker));
  }

  private void look(long now) {
    switch (ballot.outcome()) {
      case AGREED -> {
        decided = true;
        confirmed(now);
      }
      case OWNED -> {
        owner = ballot.owner();
        to(ClaimState.REMOTE, owner);
      }
      case OPEN, NO_QUORUM -> {}
    }
  }

  private boolean isLost(Vote.Reason reason, HostName heldBy) {
    return !self.equals(heldBy)
        && (reason == Vote.Reason.STALE_EPOCH || reason == Vote.Reason.OWNED);
  }

  private void confirmed(long now) {
    // A host's first vote only reserves, also if it comes with a renewal that others lease by.
    until = Math.max(until, sentAt + times.reservation() - times.margin());
    wakeAt = Math.min(wakeAt, sentAt + times.confirmDeadline());
    retries.over();
    if (state == ClaimState.CLAIMING) {
      // The first vote only reserves; the second, sent at once, makes it a lease.
      wakeAt = now;
      to(ClaimState.OWNED, self);
    }
  }

  /** Does what is due. */
  void tick(long now) {
    if (state == ClaimState.CLAIMING && now - sentAt >= times.confirmDeadline()) {
      asked.forEach(ballot::silent);
      look(now);
    }
    if (state == ClaimState.CLAIMING && now - sentAt >= times.confirmDeadline()) {
      long backoff = retries.next();
      if (backoff == ClaimTries.NO_MORE) {
        retries.over();
        to(ClaimState.NONE, null);
        return;
      }
      // Whoever is behind lets the votes given to it lapse.
      wakeAt = now + backoff + (rival == null ? 0 : 2 * times.reservation());
      to(ClaimState.BACKOFF, null);
    } else if ((state == ClaimState.OWNED || state == ClaimState.SEALED) && now >= until) {
      lose(null);
    }
  }

  /** Stops at once: fenced, or somebody showed a newer epoch. */
  void lose(HostName to) {
    if (state == ClaimState.OWNED || state == ClaimState.SEALED) {
      until = 0;
      owner = to;
      to(ClaimState.LOST, to);
    }
  }

  /** Takes no new work: what runs ends, then the key is handed over. */
  void seal() {
    if (state == ClaimState.OWNED) {
      to(ClaimState.SEALED, self);
    }
  }

  /** The key is with another host now. */
  void handedTo(HostName target) {
    if (state == ClaimState.SEALED) {
      owner = target;
      until = 0;
      to(ClaimState.REMOTE, target);
    }
  }

  /** Who has it, as far as this host knows; null = nobody or unknown. */
  HostName owner() {
    return state == ClaimState.OWNED || state == ClaimState.SEALED ? self : owner;
  }

  private void to(ClaimState next, HostName by) {
    ClaimState from = state;
    state = next;
    out.accept(new ClaimChanged(key, from, next, epoch, by));
  }
}
