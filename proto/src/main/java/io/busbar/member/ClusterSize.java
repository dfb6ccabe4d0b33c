package io.busbar.member;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;

/**
 * The base of the majority: how many members the cluster has when all are there. Fixed by {@code
 * cluster.size}, or automatic: the largest number of members seen together since the last orderly
 * leave. Members without data (applications) do not count.
 *
 * <p>A leave is orderly when the node had said that it drains. It counts only while a majority is
 * there: else the smaller half of a split cluster could shrink, leave by leave, to a majority of
 * its own. What a node missed it learns from the others: each leave that counts begins a new era,
 * and the size of the latest era stands.
 *
 * <p>An even split has no majority. With a tie-breaker the half goes on that has the lowest name of
 * all that were there when the cluster was last complete; a node that never saw it complete breaks
 * no tie, so that one that is started anew alone does not. Thread-safe.
 */
public final class ClusterSize {
  private final int fixed;
  private final boolean lowestWins;
  private int largest;
  private int present;
  private long era;
  private Set<String> here = Set.of();

  /** Everyone, when last everyone was there. */
  private Set<String> complete = Set.of();

  /**
   * @param fixed {@code cluster.size}; 0 = automatic
   */
  public ClusterSize(int fixed) {
    this(fixed, false);
  }

  /**
   * @param fixed {@code cluster.size}; 0 = automatic
   * @param lowestWins of two halves the one with the lowest name counts as a majority
   */
  public ClusterSize(int fixed, boolean lowestWins) {
    if (fixed < 0) {
      throw new IllegalArgumentException("cluster.size: " + fixed + ", expected 0 or more");
    }
    this.fixed = fixed;
    this.lowestWins = lowestWins;
  }

  /**
   * What is known, for the other members.
   *
   * @param size base of the majority
   * @param era of the size
   */
  public record Known(int size, long era) {}

  /**
   * These members are there now, this one included.
   *
   * @param names one for each
   * @param orderlyLeave fewer than before because one left in order
   */
  public synchronized void seen(Collection<String> names, boolean orderlyLeave) {
    seen(names.size(), orderlyLeave);
    here = Set.copyOf(names);
    if (here.size() == size()) {
      complete = here;
    }
  }

  /**
   * So many members are there now, this one included.
   *
   * @param orderlyLeave fewer than before because one left in order
   */
  public synchronized void seen(int members, boolean orderlyLeave) {
    if (orderlyLeave && present >= majority()) {
      largest = members;
      era++;
    } else {
      largest = Math.max(largest, members);
    }
    present = members;
    here = Set.of();
  }

  /** Another member said what it knows. */
  public synchronized void learned(Known other) {
    if (other.era() > era) {
      era = other.era();
      largest = Math.max(other.size(), present);
    } else if (other.era() == era) {
      largest = Math.max(largest, other.size());
    }
  }

  public synchronized Known known() {
    return new Known(size(), era);
  }

  /** Base of the majority. */
  public synchronized int size() {
    return fixed > 0 ? fixed : largest;
  }

  /** How many members a guarded write needs: more than half of the size. */
  public synchronized int majority() {
    return size() / 2 + 1;
  }

  /** Members there now. */
  public synchronized int present() {
    return present;
  }

  public synchronized boolean hasMajority() {
    return present >= majority() || breaksTie();
  }

  private boolean breaksTie() {
    return lowestWins
        && 2 * here.size() == size()
        && complete.size() == size()
        && complete.containsAll(here)
        && here.contains(Collections.min(complete));
  }

  public boolean isFixed() {
    return fixed > 0;
  }
}
