package io.busbar.controlplane.core;

import io.busbar.controlplane.core.Action.ClaimChanged;
import io.busbar.controlplane.core.Action.Confirm;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * This host's claim to one key, against voters that each know only their own table. An owner holds
 * a lease that counts from the moment the confirmed round was sent, so that it stops writing before
 * any voter lets another have the key.
 */
public final class Claim {
  private static final int MOST_TRIES = 5;
  private static final long MOST_BACKOFF = 2000;
  private static final int FIRST_BACKOFF_FROM = 50;
  private static final int FIRST_BACKOFF_TO = 250;

  private final String key;
  private final HostName self;
  private final Timings timings;
  private final RandomGenerator random;
  private final Consumer<Action> out;
  private final Set<HostName> yes = new TreeSet<>();
  private final Set<HostName> leases = new TreeSet<>();
  private ClaimState state = ClaimState.NONE;
  private HostName owner;
  private long seen;
  private long epoch;
  private long round;
  private long sentAt;
  private boolean decided;
  private long until;
  private long wakeAt;
  private long backoff;
  private int tries;
  private Collection<HostName> voters = Set.of();
  private int quorum;
  private Release release;
  private HostName rival;

  public Claim(
      String key, HostName self, Timings timings, RandomGenerator random, Consumer<Action> out) {
    this.key = key;
    this.self = self;
    this.timings = timings;
    this.random = random;
    this.out = out;
  }

  public ClaimState state() {
    return state;
  }

  public long epoch() {
    return epoch;
  }

  /** Of the round whose answers count. */
  public long round() {
    return round;
  }

  /** Those who confirmed the last round. */
  public Set<HostName> confirmedBy() {
    return Set.copyOf(yes);
  }

  /**
   * Whether this host may write now. To be asked right before each write; what is already on its
   * way can still arrive later, which only the resource can refuse.
   */
  public boolean canWrite(long now) {
    return state == ClaimState.OWNED && now < until;
  }

  /**
   * Asks all voters.
   *
   * @param ask hosts other than this one
   * @param needed confirmations that are a majority, this host's own among them
   * @param handed of the owner that hands the key over, null = nobody does
   * @param highestSeen largest epoch of the key known here
   */
  public void begin(
      Collection<HostName> ask, int needed, Release handed, long highestSeen, long now) {
    if (state == ClaimState.OWNED || state == ClaimState.SEALED || state == ClaimState.CLAIMING) {
      return;
    }
    seen = Math.max(seen, highestSeen);
    epoch = seen + 1;
    seen = epoch;
    release = handed;
    send(ask, needed, now);
    to(ClaimState.CLAIMING, null);
  }

  /** Of the owner that hands the key over; null = nobody does. */
  public Release release() {
    return release;
  }

  /** Asks again for what it has, with the same epoch. */
  public void renew(Collection<HostName> ask, int needed, long now) {
    if (state == ClaimState.OWNED) {
      send(ask, needed, now);
    }
  }

  /** Whether a renewal is due. */
  public boolean isRenewalDue(long now) {
    return state == ClaimState.OWNED && now >= wakeAt;
  }

  /** Whether the pause after a failed try is over. */
  public boolean isRetryDue(long now) {
    return state == ClaimState.BACKOFF && now >= wakeAt;
  }

  private void send(Collection<HostName> ask, int needed, long now) {
    round++;
    yes.clear();
    leases.clear();
    rival = null;
    decided = false;
    sentAt = now;
    voters = ask;
    quorum = needed;
    wakeAt = now + timings.renew();
    for (HostName host : voters) {
      out.accept(new Confirm(host, key, epoch, round, release));
    }
  }

  /**
   * A voter answered, this host's own vote included.
   *
   * @param of round that the vote is for
   * @param highest largest epoch that the voter knows
   */
  public void voted(HostName from, long of, Vote vote, HostName heldBy, long highest, long now) {
    seen = Math.max(seen, highest);
    if (of != round || (state != ClaimState.CLAIMING && state != ClaimState.OWNED)) {
      return;
    }
    if (vote.accepted()) {
      yes.add(from);
      if (vote.reason() == Vote.Reason.REFRESHED) {
        leases.add(from);
      }
      if (!decided && yes.size() >= quorum) {
        decided = true;
        confirmed(now);
      }
      if (leases.size() >= quorum) {
        until = Math.max(until, sentAt + timings.lease() - timings.margin());
        wakeAt = Math.max(wakeAt, sentAt + timings.renew());
      }
    } else if (state == ClaimState.OWNED) {
      if (highest > epoch && isLost(vote.reason(), heldBy)) {
        lose(heldBy);
      }
    } else if (vote.reason() == Vote.Reason.OWNED && !self.equals(heldBy)) {
      owner = heldBy;
      to(ClaimState.REMOTE, heldBy);
    } else if (vote.reason() == Vote.Reason.RESERVED_FOR_OTHER && isAhead(heldBy)) {
      rival = heldBy;
    }
  }

  /** Of two that split the votes one must wait; all hosts find the same order. */
  private boolean isAhead(HostName other) {
    int mine = rank(self);
    int theirs = rank(other);
    return theirs < mine || (theirs == mine && other.compareTo(self) < 0);
  }

  private int rank(HostName host) {
    int mixed = (key + '|' + host).hashCode() * 0x9E3779B1;
    return mixed ^ mixed >>> 16;
  }

  private boolean isLost(Vote.Reason reason, HostName heldBy) {
    return !self.equals(heldBy)
        && (reason == Vote.Reason.STALE_EPOCH || reason == Vote.Reason.OWNED);
  }

  private void confirmed(long now) {
    // A host's first vote only reserves, also if it comes with a renewal that others lease by.
    until = Math.max(until, sentAt + timings.reservation() - timings.margin());
    wakeAt = Math.min(wakeAt, sentAt + timings.confirmDeadline());
    tries = 0;
    backoff = 0;
    if (state == ClaimState.CLAIMING) {
      // The first vote only reserves; the second, sent at once, makes it a lease.
      wakeAt = now;
      to(ClaimState.OWNED, self);
    }
  }

  /** Does what is due. */
  public void tick(long now) {
    if (state == ClaimState.CLAIMING && now - sentAt >= timings.confirmDeadline()) {
      tries++;
      if (tries >= MOST_TRIES) {
        tries = 0;
        to(ClaimState.NONE, null);
        return;
      }
      backoff =
          backoff == 0
              ? random.nextInt(FIRST_BACKOFF_FROM, FIRST_BACKOFF_TO)
              : Math.min(MOST_BACKOFF, backoff * 2);
      // Whoever is behind lets the votes given to it lapse.
      wakeAt = now + backoff + (rival == null ? 0 : 2 * timings.reservation());
      to(ClaimState.BACKOFF, null);
    } else if ((state == ClaimState.OWNED || state == ClaimState.SEALED) && now >= until) {
      lose(null);
    }
  }

  /** Stops at once: fenced, or somebody showed a newer epoch. */
  public void lose(HostName to) {
    if (state == ClaimState.OWNED || state == ClaimState.SEALED) {
      until = 0;
      owner = to;
      to(ClaimState.LOST, to);
    }
  }

  /** Takes no new work: what runs ends, then the key is handed over. */
  public void seal() {
    if (state == ClaimState.OWNED) {
      to(ClaimState.SEALED, self);
    }
  }

  /** The key is with another host now. */
  public void handedTo(HostName target) {
    if (state == ClaimState.SEALED) {
      owner = target;
      until = 0;
      to(ClaimState.REMOTE, target);
    }
  }

  /** Who has it, as far as this host knows; null = nobody or unknown. */
  public HostName owner() {
    return state == ClaimState.OWNED || state == ClaimState.SEALED ? self : owner;
  }

  private void to(ClaimState next, HostName by) {
    ClaimState from = state;
    state = next;
    out.accept(new ClaimChanged(key, from, next, epoch, by));
  }
}
