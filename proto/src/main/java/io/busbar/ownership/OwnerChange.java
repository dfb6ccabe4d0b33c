package io.busbar.ownership;

import java.util.Locale;
import java.util.Objects;

/**
 * A change of ownership.
 *
 * @param kind what happened
 * @param key the key; "" = a session as a whole
 * @param record the key's record after the change; null for a session, a freed key, or a record
 *     that is gone
 * @param previous holder before the change, or the session that ended; null = none
 * @param previousEpoch epoch before the change
 * @param time ms since 1970 on the clock of the node that saw it; for people
 */
public record OwnerChange(
    Kind kind, String key, OwnerRecord record, Holder previous, long previousEpoch, long time) {
  public OwnerChange {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(key, "key");
  }

  /** What happened. */
  public enum Kind {
    /** A free key has an owner. */
    CLAIMED,
    /** It went from one holder to another. */
    MOVED,
    SEALED,
    UNSEALED,
    RELEASED,
    /** A free key is reserved. */
    RESERVED,
    /**
     * Two halves of the cluster merged, and the record of the other one stands: this is the loser.
     */
    SUPERSEDED,
    /** A session is over: its keys may be taken. Told once, then each of its keys is FREED. */
    SESSION_ENDED,
    /**
     * A key may be taken, its holder's session is over. The record still names that session, so
     * there is none here: the holder and its epoch are the previous ones.
     */
    FREED,
    /** Records may be lost, or changes were left out: look again at what you know. */
    UNCERTAIN;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** {@link #UNCERTAIN} for a name this build does not know. */
    public static Kind ofWireName(String name) {
      for (Kind kind : values()) {
        if (kind.wireName().equals(name)) {
          return kind;
        }
      }
      return UNCERTAIN;
    }
  }
}
