package io.busbar.bus;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Bounded memory of what happened to ids lately: for each (node, seq, part) a number and a note.
 * The oldest is forgotten when the table is full, and soon after its time is up. Entries are kept
 * in plain arrays, so that hundreds of thousands a second leave nothing for the collector to copy,
 * the numbers of an entry beside each other. For one thread.
 *
 * <p>A lane counts its ids upwards, so most ids that are looked for are later than all of their
 * lane that were ever put: those are told apart without a look into the table.
 */
public final class RecentIds {
  private static final int FIRST_SIZE = 256;

  /** Neighbouring ids share a block of the index, and so a line of the processor's cache. */
  private static final int BLOCK_BITS = 4;

  /** In the index: an entry was here, others of its run may follow. */
  private static final int LEFT = -1;

  /**
   * Numbers of an entry: of the id, the part with {@link #USED}, the value, the end of its time.
   */
  private static final int NUMBERS = 5;

  private static final int SEQ = 1;
  private static final int PART = 2;
  private static final int VALUE = 3;
  private static final int UNTIL = 4;

  /** Tells part 0 of an entry from no entry. */
  private static final long USED = 1L << 32;

  /** The lane that made an id stands above its counter, see {@link CallId}. */
  private static final int COUNTER_BITS = 56;

  private static final long COUNTER = (1L << COUNTER_BITS) - 1;

  /** Groups of lanes whose latest id is known. */
  private static final int GROUPS = 256;

  private final int most;
  private final long keepMillis;

  /** The largest counter of each group of lanes that was put; -1 = none. */
  private final long[] latest = new long[GROUPS];

  private int capacity;
  private long[] numbers;
  private Object[] note;

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
    Arrays.fill(latest, -1);
    allocate(Math.min(most, FIRST_SIZE));
  }

  private void allocate(int entries) {
    capacity = entries;
    numbers = new long[NUMBERS * capacity];
    note = new Object[capacity];
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
    int group = group(idNode, idSeq);
    latest[group] = Math.max(latest[group], idSeq & COUNTER);
    dropOld(now);
    if (span == capacity) {
      makeRoom();
    }
    int place = (oldest + span) & (capacity - 1);
    span++;
    int at = NUMBERS * place;
    numbers[at] = idNode;
    numbers[at + SEQ] = idSeq;
    numbers[at + PART] = mark(idPart);
    numbers[at + VALUE] = number;
    numbers[at + UNTIL] = now + keepMillis;
    filled(place, about);
  }

  private static long mark(int part) {
    return USED | part & 0xFFFF_FFFFL;
  }

  private boolean used(int place) {
    return numbers[NUMBERS * place + PART] != 0;
  }

  private long until(int place) {
    return numbers[NUMBERS * place + UNTIL];
  }

  private void filled(int place, Object about) {
    note[place] = about;
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
      int place = (oldest + i) & (capacity - 1);
      if (used(place)) {
        enter(place);
      }
    }
  }

  /** Two at most, so that each call costs the same. */
  private void dropOld(long now) {
    for (int i = 0; i < 2 && span > 0; i++) {
      if (used(oldest) && until(oldest) > now) {
        return;
      }
      dropOldest();
    }
  }

  /** Forgets all whose time is up. */
  public void expire(long now) {
    while (span > 0 && (!used(oldest) || until(oldest) <= now)) {
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
    if (used(oldest)) {
      forget(oldest);
    }
    oldest = (oldest + 1) & (capacity - 1);
    span--;
  }

  private void makeRoom() {
    if (capacity == most && size == span) {
      dropOldest();
      forgotten++;
      return;
    }
    // Holes count too: moving the entries together may be all that is needed.
    int before = capacity;
    long[] oldNumbers = numbers;
    Object[] oldNote = note;
    int from = oldest;
    int count = span;
    allocate(2 * size > capacity ? Math.min(most, 2 * capacity) : capacity);
    for (int i = 0; i < count; i++) {
      int at = (from + i) & (before - 1);
      if (oldNumbers[NUMBERS * at + PART] != 0) {
        System.arraycopy(oldNumbers, NUMBERS * at, numbers, NUMBERS * span, NUMBERS);
        filled(span++, oldNote[at]);
      }
    }
  }

  /** Where the entry is, for {@link #value} and {@link #note} until the next change; -1 = none. */
  public int find(long idNode, long idSeq, int idPart) {
    if ((idSeq & COUNTER) > latest[group(idNode, idSeq)]) {
      return -1;
    }
    int at = home(idNode, idSeq, idPart);
    while (index[at] != 0) {
      int place = index[at] - 1;
      if (place >= 0 && is(place, idNode, idSeq, idPart)) {
        return place;
      }
      at = (at + 1) & (index.length - 1);
    }
    return -1;
  }

  /** Lanes that share one only make each other's ids be looked for. */
  private static int group(long idNode, long idSeq) {
    long mixed = (idNode + (idSeq >>> COUNTER_BITS)) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 56) & GROUPS - 1;
  }

  private boolean is(int place, long idNode, long idSeq, int idPart) {
    int at = NUMBERS * place;
    return numbers[at + SEQ] == idSeq
        && numbers[at] == idNode
        && numbers[at + PART] == mark(idPart);
  }

  /** The number of a found entry. */
  public long value(int found) {
    return numbers[NUMBERS * found + VALUE];
  }

  /** The note of a found entry, null = it has none. */
  public Object note(int found) {
    return note[found];
  }

  /** Forgets every entry whose note is so. */
  public void forgetIf(Predicate<Object> which) {
    for (int i = 0; i < span; i++) {
      int place = (oldest + i) & (capacity - 1);
      if (used(place) && which.test(note[place])) {
        forget(place);
      }
    }
  }

  private void forget(int place) {
    int at = home(place);
    while (index[at] != place + 1) {
      at = (at + 1) & (index.length - 1);
    }
    numbers[NUMBERS * place + PART] = 0;
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
    int at = NUMBERS * place;
    return home(numbers[at], numbers[at + SEQ], (int) numbers[at + PART]);
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
