package io.busbar.bus;

import io.busbar.bus.v1.Item;
import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.ManualClock;
import io.busbar.testing.RecordingObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * One random schedule: three nodes, a faulty link, a few streams. Everything follows from the seed,
 * so that a failing one can be run again.
 */
final class StreamWorld {
  static final int FRAME = 1024;
  static final int WINDOW = 4096;
  private static final long PEER_WINDOW = 8192;
  private static final long LOST_AFTER = 10_000;
  private static final long LIMIT = 3_600_000;

  final long seed;
  final Random random;
  final ManualClock clock = new ManualClock();
  final FakeLink link;
  final Lane a;
  final Lane b;
  final Lane c;
  final RecordingObserver observer = new RecordingObserver();
  final boolean killed;
  final boolean scarce;
  private final List<MemoryBudget> budgets = new ArrayList<>();
  private final List<SimulatedStream> streams = new ArrayList<>();
  private final StringBuilder schedule = new StringBuilder();

  StreamWorld(long seed, UnaryOperator<Item> tamper) {
    this(seed, tamper, false);
  }

  /** Both ends of every stream on one lane; a rewind leads to another node, or nowhere else. */
  static StreamWorld onOneLane(long seed) {
    return new StreamWorld(seed, null, true);
  }

  private StreamWorld(long seed, UnaryOperator<Item> tamper, boolean oneLane) {
    this.seed = seed;
    this.random = new Random(seed);
    link = new FakeLink(clock, seed + 1);
    link.tamper(tamper);
    faults();
    scarce = random.nextInt(5) == 0;
    boolean oneNode = random.nextInt(8) == 0 || oneLane;
    long memory = scarce ? PEER_WINDOW : 1 << 20;
    BusOptions options = new BusOptions(FRAME, WINDOW, PEER_WINDOW, memory, 20, LOST_AFTER);
    a = lane("a", 0, options, memory);
    if (oneLane) {
      b = a;
    } else {
      b = oneNode ? lane("a", 1, options, memory) : lane("b", 0, options, memory);
    }
    c = oneLane && random.nextBoolean() ? a : lane("c", 0, options, memory);
    killed = !oneNode && tamper == null && random.nextInt(8) == 0;
    if (killed) {
      kill();
    }
    if (random.nextInt(3) == 0) {
      blackout();
    }
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      SimulatedStream stream = new SimulatedStream(this, i);
      streams.add(stream);
      note(stream.toString());
      clock.schedule(random.nextInt(50), stream::start);
    }
  }

  private Lane lane(String node, int index, BusOptions options, long memory) {
    MemoryBudget budget = new MemoryBudget(memory);
    budgets.add(budget);
    return FakeLane.open(
        link,
        clock,
        new NodeIdentity(node, node, node.charAt(0)),
        index,
        options,
        budget,
        observer);
  }

  private void faults() {
    double loss = new double[] {0, 0.02, 0.1, 0.3}[random.nextInt(4)];
    double duplication = new double[] {0, 0.05, 0.3}[random.nextInt(3)];
    double reordering = new double[] {0, 0.05, 0.3}[random.nextInt(3)];
    int delay = 1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 5);
    link.faults(loss, duplication, reordering).delay(delay);
    note("loss " + loss + " dup " + duplication + " reorder " + reordering + " delay " + delay);
  }

  private void kill() {
    int at = random.nextInt(400);
    boolean announced = random.nextBoolean();
    note("kill b at " + at + (announced ? ", announced" : ", silent"));
    clock.schedule(
        at,
        () -> {
          link.kill("b");
          if (announced) {
            clock.schedule(500, () -> List.of(a, c).forEach(lane -> lane.peerLeft("b")));
            clock.schedule(500, () -> List.of("a", "c").forEach(b::peerLeft));
          }
        });
  }

  private void blackout() {
    int at = random.nextInt(300);
    int length = 1 + random.nextInt(2000);
    String from = random.nextBoolean() ? "a" : "b";
    String to = from.equals("a") ? "b" : "a";
    note("cut " + from + ">" + to + " at " + at + " for " + length);
    clock.schedule(at, () -> link.cut(from, to));
    clock.schedule(at + length, () -> link.mend(from, to));
  }

  void note(String line) {
    schedule.append(line).append('\n');
  }

  /** Runs to the end; throws AssertionError with the whole schedule when a promise was broken. */
  void run() {
    try {
      boolean idle = runUntilSettled();
      for (SimulatedStream stream : streams) {
        stream.check(idle);
      }
      streams.forEach(SimulatedStream::leave);
      require(clock.runUntilIdle(LIMIT), "something still waits for time to pass");
      require(observer.handlerFailures.get() == 0, "a handler threw");
      List.of(a, b, c).forEach(Lane::close);
      for (MemoryBudget budget : budgets) {
        require(budget.used() == 0, "memory not given back: " + budget.used());
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + schedule, e);
    }
  }

  /** Until each stream is over or rests for good. */
  private boolean runUntilSettled() {
    for (long passed = 0; passed < LIMIT; passed += 1000) {
      clock.advance(1000);
      if (streams.stream().allMatch(SimulatedStream::settled)) {
        return true;
      }
    }
    return false;
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
