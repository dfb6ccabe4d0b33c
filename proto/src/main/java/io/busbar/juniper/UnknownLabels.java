package io.busbar.juniper;

import java.util.HashSet;
import java.util.Set;

/**
 * The labels under which frames of unknown types are counted: a bounded set, so that a peer cannot
 * make metrics grow. One object per process and purpose. Thread-safe.
 */
public final class UnknownLabels {
  /** Distinct labels remembered. */
  public static final int BUDGET = 16;

  /** Label of every further one. */
  public static final String UNMATCHED = "_unmatched";

  private final Set<String> seen = new HashSet<>();

  /** The label itself while it is known or there is room, else {@link #UNMATCHED}. */
  public synchronized String label(String type) {
    if (seen.contains(type)) {
      return type;
    }
    if (seen.size() < BUDGET) {
      seen.add(type);
      return type;
    }
    return UNMATCHED;
  }
}
