package io.busbar.controlplane.core;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a key that the own authority granted itself may be used, by the votes of the other hosts
 * that count: a strict majority of the agreed view must agree, and nobody may say that a live host
 * has the key. Pure.
 */
public final class Ballot {
  /** How it stands. */
  public enum Outcome {
    OPEN,
    AGREED,
    /** A voter named a live owner. */
    OWNED,
    NO_QUORUM
  }

  private final OwnWeight own;
  private final int counted;
  private final Set<HostName> asked;
  private final Set<HostName> rivals = new TreeSet<>();
  private int yes;
  private HostName tieBreaker;
  private boolean withTieBreaker;
  private HostName owner;

  /**
   * @param own the authority whose key it is; its nodes that are there agree
   * @param counted other hosts of the agreed view
   * @param asked those of them that are asked
   */
  public Ballot(OwnWeight own, int counted, Collection<HostName> asked) {
    this.own = own;
    this.counted = counted;
    this.asked = new TreeSet<>(asked);
  }

  /**
   * Half of the view is enough when it has that host.
   *
   * @param host null = no half is
   * @param ours whether the authority speaks for it
   */
  public Ballot ties(HostName host, boolean ours) {
    tieBreaker = host;
    withTieBreaker = host != null && ours;
    return this;
  }

  /** The voter agrees, or says that the key is the authority's already. */
  public void agreed(HostName voter) {
    if (asked.remove(voter)) {
      yes++;
      withTieBreaker |= voter.equals(tieBreaker);
    }
  }

  /**
   * The voter refused.
   *
   * @param named who has the key by its word; null = it did not say
   * @param standing of that host here
   */
  public void refused(HostName voter, HostName named, Standing standing) {
    if (!asked.remove(voter) || named == null) {
      return;
    }
    boolean lives = standing == Standing.LIVE || standing == Standing.LEAVING;
    if (owner == null && (named.equals(voter) || lives)) {
      owner = named;
    }
  }

  /** The voter has the key reserved for another claimant, which is no owner yet. */
  public void reserved(HostName voter, HostName rival) {
    if (asked.remove(voter)) {
      rivals.add(rival);
    }
  }

  /** Claimants that took votes, sorted. */
  public List<HostName> rivals() {
    return List.copyOf(rivals);
  }

  /** Whether it could be agreed to if all that are asked agree. */
  public boolean isHopeless() {
    int most = 2 * (own.present() + yes + asked.size());
    int all = own.size() + counted;
    boolean tied =
        withTieBreaker || (tieBreaker != null && asked.stream().anyMatch(tieBreaker::equals));
    return most < all || (most == all && !tied);
  }

  /** The voter did not answer. */
  public void silent(HostName voter) {
    asked.remove(voter);
  }

  /** Named as the owner; null = nobody was. */
  public HostName owner() {
    return owner;
  }

  public Outcome outcome() {
    if (owner != null) {
      return Outcome.OWNED;
    } else if (!asked.isEmpty()) {
      return Outcome.OPEN;
    }
    int all = own.size() + counted;
    int agreed = 2 * (own.present() + yes);
    return agreed > all || (agreed == all && withTieBreaker) ? Outcome.AGREED : Outcome.NO_QUORUM;
  }
}
