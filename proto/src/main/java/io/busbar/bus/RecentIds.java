package io.busbar.bus;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Bounded memory of what happened to ids lately: for each (node, seq, part) a number and a note.
 * The oldest is forgotten when the table is full, and soon after its time is up. Entries are kept
 * in plain arrays, so that hundreds of thousands a second leave nothing for the collector to copy.
 * For one thread.
 */
public final class RecentIds {
  private static final int FIRST_SIZE = 256;

  /** Neighbouring ids share a block of the index, and so a line of the processor's cache. */
  private static final int BLOCK_BITS = 4;

  /** In the index: an entry was here, others of its run may follow. */
  private static final int LEFT = -1;

  private final int most;
  private final long keepMillis;
  private long[] node;
  private long[] seq;
  private int[] part;
  private long[] value;
  private long[] until;
  private Object[] note;
  private boolean[] used;

  /**
   * Places of entries plus one, 0 = none; open addressing, never more than half full of entries and
   * three quarters of anything.
   */
  private int[] index;

  /** What is not 0 in the index. */
  private int filled;

  private int oldest;
  private int span;
  private int size;
  private long forgotten;

  /**
   * @param most entries, a power of two
   * @param keepMillis how long an entry is kept at most, give or take the next few
   */
  public RecentIds(int most, long keepMillis) {
    if (Integer.bitCount(most) != 1) {
      throw new IllegalArgumentException("most " + most + ", expected a power of two");
    }
    this.most = most;
    this.keepMillis = keepMillis;
    allocate(Math.min(most, FIRST_SIZE));
  }

  private void allocate(int capacity) {
    node = new long[capacity];
    seq = new long[capacity];
    part = new int[capacity];
    value = new long[capacity];
    until = new long[capacity];
    note = new Object[capacity];
    used = new boolean[capacity];
    index = new int[2 * capacity];
    filled = 0;
    oldest = 0;
    span = 0;
    size = 0;
  }

  /** Entries now. */
  public int size() {
    return size;
  }

  /** Entries dropped before their time because the table was full. */
  public long forgotten() {
    return forgotten;
  }

  /** Remembers, or replaces what was remembered. The note may be null. */
  public void put(long idNode, long idSeq, int idPart, long number, Object about, long now) {
    int known = find(idNode, idSeq, idPart);
    if (known >= 0) {
      forget(known);
    }
    dropOld(now);
    if (span == node.length) {
      makeRoom();
    }
    int place = (oldest + span) & (node.length - 1);
    span++;
    fill(place, idNode, idSeq, idPart, number, about, now + keepMillis);
  }

  private void fill(
      int place, long idNode, long idSeq, int idPart, long number, Object about, long end) {
    node[place] = idNode;
    seq[place] = idSeq;
    part[place] = idPart;
    value[place] = number;
    note[place] = about;
    until[place] = end;
    used[place] = true;
    size++;
    if (4L * filled >= 3L * index.length) {
      indexAnew();
    } else {
      enter(place);
    }
  }

  private void enter(int place) {
    int at = home(place);
    while (index[at] > 0) {
      at = (at + 1) & (index.length - 1);
    }
    if (index[at] == 0) {
      filled++;
    }
    index[at] = place + 1;
  }

  private void indexAnew() {
    Arrays.fill(index, 0);
    filled = 0;
    for (int i = 0; i < span; i++) {
      int place = (oldest + i) & (node.length - 1);
      if (used[place]) {
        enter(place);
      }
    }
  }

  /** Two at most, so that each call costs the same. */
  private void dropOld(long now) {
    for (int i = 0; i < 2 && span > 0; i++) {
      if (used[oldest] && until[oldest] > now) {
        return;
      }
      dropOldest();
    }
  }

  /** Forgets all whose time is up. */
  public void expire(long now) {
    while (span > 0 && (!used[oldest] || until[oldest] <= now)) {
      dropOldest();
    }
  }

  /** Forgets the oldest entry, if there is one. */
  public void forgetOldest() {
    int before = size;
    while (span > 0 && size == before) {
      dropOldest();
    }
  }

  private void dropOldest() {
    if (used[oldest]) {
      forget(oldest);
    }
    oldest = (oldest + 1) & (node.length - 1);
    span--;
  }

  private void makeRoom() {
    if (node.length == most && size == span) {
      dropOldest();
      forgotten++;
      return;
    }
    // Holes count too: moving the entries together may be all that is needed.
    int capacity = 2 * size > node.length ? Math.min(most, 2 * node.length) : node.length;
    long[] oldNode = node;
    long[] oldSeq = seq;
    int[] oldPart = part;
    long[] oldValue = value;
    long[] oldUntil = until;
    Object[] oldNote = note;
    boolean[] oldUsed = used;
    int from = oldest;
    int count = span;
    allocate(capacity);
    for (int i = 0; i < count; i++) {
      int at = (from + i) & (oldNode.length - 1);
      if (oldUsed[at]) {
        fill(span++, oldNode[at], oldSeq[at], oldPart[at], oldValue[at], oldNote[at], oldUntil[at]);
      }
    }
  }

  /** Where the entry is, for {@link #value} and {@link #note} until the next change; -1 = none. */
  public int find(long idNode, long idSeq, int idPart) {
    int at = home(idNode, idSeq, idPart);
    while (index[at] != 0) {
      int place = index[at] - 1;
      if (place >= 0 && seq[place] == idSeq && node[place] == idNode && part[place] == idPart) {
        return place;
      }
      at = (at + 1) & (index.length - 1);
    }
    return -1;
  }

  /** The number of a found entry. */
  public long value(int found) {
    return value[found];
  }

  /** The note of a found entry, null = it has none. */
  public Object note(int found) {
    return note[found];
  }

  /** Forgets every entry whose note is so. */
  public void forgetIf(Predicate<Object> which) {
    for (int i = 0; i < span; i++) {
      int place = (oldest + i) & (node.length - 1);
      if (used[place] && which.test(note[place])) {
        forget(place);
      }
    }
  }

  private void forget(int place) {
    int at = home(place);
    while (index[at] != place + 1) {
      at = (at + 1) & (index.length - 1);
    }
    used[place] = false;
    note[place] = null;
    size--;
    leave(at);
  }

  /**
   * A search goes on past a place that was left. At the end of a run nothing is searched, so the
   * places left there are free again: ids come and go in order, and a run is gone with its last.
   */
  private void leave(int place) {
    int mask = index.length - 1;
    int at = place;
    index[at] = LEFT;
    if (index[(at + 1) & mask] != 0) {
      return;
    }
    while (index[at] == LEFT) {
      index[at] = 0;
      filled--;
      at = (at - 1) & mask;
    }
  }

  private int home(int place) {
    return home(node[place], seq[place], part[place]);
  }

  private int home(long idNode, long idSeq, int idPart) {
    long block = (idSeq >>> BLOCK_BITS) * 0x9E3779B97F4A7C15L + idNode + idPart * 0x61C88647L;
    long mixed = (block ^ block >>> 29) * 0xBF58476D1CE4E5B9L;
    int high = (int) (mixed >>> 32) << BLOCK_BITS;
    return (high | (int) idSeq & (1 << BLOCK_BITS) - 1) & (index.length - 1);
  }

  @Override
  public String toString() {
    return size + " ids of " + most + ", index " + filled;
  }
}
