package io.busbar.dispatch;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Lanes of several nodes on one thread with a clock of its own. Between lanes of one node nothing
 * is lost and order is kept; between nodes items may be lost, doubled and late, by a seed.
 */
public final class FakeNet {
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<Endpoint, FakeLane> lanes = new HashMap<>();
  private final Random random;
  private final List<Sent> log = new ArrayList<>();
  private long order;
  private long now = 1000;
  private double loss;
  private double twice;
  private long latest;
  private long answerAfter = -1;
  private Filter filter = (from, to, item) -> true;

  public FakeNet(long seed) {
    random = new Random(seed);
  }

  /** Decides whether an item arrives. */
  interface Filter {
    boolean passes(Endpoint from, Endpoint to, Item item);
  }

  record Sent(Endpoint from, Endpoint to, Item item) {}

  private record Event(long at, long order, Runnable action, boolean[] off)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  FakeNet unreliable(double loss, double twice, long latest) {
    this.loss = loss;
    this.twice = twice;
    this.latest = latest;
    return this;
  }

  /** Questions take up to so long to arrive, answers likewise; by default both are immediate. */
  public FakeNet answersWithin(long millis) {
    answerAfter = millis;
    return this;
  }

  /** Time a question or answer takes; -1 = none. */
  long way() {
    return answerAfter < 0 ? -1 : random.nextLong(answerAfter + 1);
  }

  void filter(Filter newFilter) {
    filter = newFilter;
  }

  public FakeLane lane(String node, int lane) {
    return lanes.computeIfAbsent(new Endpoint(node, lane), at -> new FakeLane(this, at));
  }

  public long now() {
    return now;
  }

  List<Sent> sent() {
    return log;
  }

  List<Item> sent(Item.BodyCase kind) {
    return log.stream().map(Sent::item).filter(i -> i.getBodyCase() == kind).toList();
  }

  void send(Endpoint from, Endpoint to, Item item) {
    log.add(new Sent(from, to, item));
    if (!filter.passes(from, to, item)) {
      return;
    }
    if (from.node().equals(to.node())) {
      at(now, () -> deliver(from, to, item));
      return;
    }
    int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < twice ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = latest == 0 ? 0 : random.nextLong(latest + 1);
      at(now + delay, () -> deliver(from, to, item));
    }
  }

  private void deliver(Endpoint from, Endpoint to, Item item) {
    FakeLane lane = lanes.get(to);
    if (lane != null) {
      lane.deliver(from, item);
    }
  }

  public Runnable at(long time, Runnable action) {
    boolean[] off = new boolean[1];
    events.add(new Event(Math.max(time, now), order++, action, off));
    return () -> off[0] = true;
  }

  /** Runs all that happens now. */
  public void settle() {
    advance(0);
  }

  public void advance(long millis) {
    long until = now + millis;
    while (!events.isEmpty() && events.peek().at <= until) {
      Event next = events.poll();
      now = Math.max(now, next.at);
      if (!next.off[0]) {
        next.action.run();
      }
    }
    now = until;
  }
}
