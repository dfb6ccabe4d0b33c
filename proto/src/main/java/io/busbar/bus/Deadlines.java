package io.busbar.bus;

/**
 * Many time limits on one lane, nearly all of which are called off before they pass: a wheel of
 * {@value #SLOTS} slots of {@value #TICK_MILLIS} ms behind at most one timer of the lane. Setting
 * and calling off are constant work; the timer is armed only while there is something to wait for.
 * An action runs up to a tick late, never early. All on the lane's context.
 */
public final class Deadlines {
  private static final int SLOTS = 512;
  private static final int TICK_MILLIS = 8;

  private final Lane lane;
  private final Deadline[] wheel = new Deadline[SLOTS];
  private final long[] filled = new long[SLOTS / Long.SIZE];
  private Lane.Timer timer;
  private long armedFor;
  private long visited;
  private int size;

  public Deadlines(Lane lane) {
    this.lane = lane;
    this.visited = lane.now() / TICK_MILLIS;
    for (int i = 0; i < SLOTS; i++) {
      Deadline end = new Deadline(0, null, this);
      end.next = end;
      end.previous = end;
      wheel[i] = end;
    }
  }

  /** Runs the action once the delay in milliseconds has passed. */
  public Deadline in(long delay, Runnable action) {
    long now = lane.now();
    if (size == 0) {
      visited = now / TICK_MILLIS;
    }
    long due = now + Math.max(0, delay);
    if (due < 0) {
      due = Long.MAX_VALUE - TICK_MILLIS;
    }
    long tick = Math.max((due + TICK_MILLIS - 1) / TICK_MILLIS, visited + 1);
    Deadline deadline = new Deadline(tick, action, this);
    int slot = slot(tick);
    Deadline end = wheel[slot];
    deadline.previous = end.previous;
    deadline.next = end;
    end.previous.next = deadline;
    end.previous = deadline;
    filled[slot >> 6] |= 1L << (slot & 63);
    size++;
    long visit = Math.min(tick, visited + 1 + slot(tick - visited - 1));
    if (timer == null || visit < armedFor) {
      arm(visit, now);
    }
    return deadline;
  }

  /** How many are waiting. */
  public int size() {
    return size;
  }

  private static int slot(long tick) {
    return (int) (tick & (SLOTS - 1));
  }

  private void arm(long tick, long now) {
    if (timer != null) {
      timer.cancel();
    }
    armedFor = tick;
    timer = lane.timer(Math.max(1, tick * TICK_MILLIS - now), this::fire);
  }

  private void fire() {
    timer = null;
    long now = lane.now();
    long nowTick = now / TICK_MILLIS;
    Deadline due = collect(nowTick);
    if (size > 0) {
      arm(visited + 1 + emptySlotsFrom(slot(visited + 1)), now);
    }
    while (due != null) {
      Deadline next = due.next;
      due.next = null;
      Runnable action = due.action;
      due.action = null;
      due = next;
      if (action != null) {
        action.run();
      }
    }
  }

  /** Takes what is due out of the wheel, as a list linked by {@code next}. */
  private Deadline collect(long nowTick) {
    Deadline first = null;
    Deadline last = null;
    long from = Math.max(visited + 1, nowTick - SLOTS + 1);
    for (long tick = from; tick <= nowTick; tick++) {
      Deadline end = wheel[slot(tick)];
      Deadline at = end.next;
      while (at != end) {
        Deadline next = at.next;
        if (at.tick <= nowTick) {
          unlink(at);
          if (last == null) {
            first = at;
          } else {
            last.next = at;
          }
          last = at;
        }
        at = next;
      }
    }
    visited = Math.max(visited, nowTick);
    return first;
  }

  private void unlink(Deadline deadline) {
    deadline.previous.next = deadline.next;
    deadline.next.previous = deadline.previous;
    deadline.previous = null;
    deadline.next = null;
    size--;
    int slot = slot(deadline.tick);
    if (wheel[slot].next == wheel[slot]) {
      filled[slot >> 6] &= ~(1L << (slot & 63));
    }
  }

  private int emptySlotsFrom(int slot) {
    int word = slot >> 6;
    long bits = filled[word] & (-1L << (slot & 63));
    int skipped = 0;
    while (bits == 0 && skipped <= filled.length) {
      word = (word + 1) % filled.length;
      bits = filled[word];
      skipped++;
    }
    int found = (word << 6) + Long.numberOfTrailingZeros(bits);
    return (found - slot) & (SLOTS - 1);
  }

  /** One time limit. */
  public static final class Deadline {
    private final long tick;
    private final Deadlines owner;
    private Runnable action;
    private Deadline previous;
    private Deadline next;

    private Deadline(long tick, Runnable action, Deadlines owner) {
      this.tick = tick;
      this.action = action;
      this.owner = owner;
    }

    /** Calls it off; harmless after it ran. */
    public void cancel() {
      action = null;
      if (previous != null) {
        owner.unlink(this);
      }
    }
  }
}
