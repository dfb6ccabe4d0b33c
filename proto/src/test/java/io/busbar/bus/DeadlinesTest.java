package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final long TICK = 8;

  private final ManualClock clock = new ManualClock();
  private final Lane lane = FakeLane.open(new FakeLink(clock, 1), clock, "n");
  private final Deadlines deadlines = new Deadlines(lane);

  @Test
  void runsNotBeforeItsTimeAndAtMostATickLater() {
    Random random = new Random(7);
    List<String> wrong = new ArrayList<>();
    int[] ran = {0};
    for (int i = 0; i < 2000; i++) {
      long delay = random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(100);
      long due = clock.now() + delay;
      deadlines.in(
          delay,
          () -> {
            ran[0]++;
            if (clock.now() < due || clock.now() > due + 2 * TICK) {
              wrong.add("due " + due + " ran " + clock.now());
            }
          });
      clock.advance(random.nextInt(20));
    }
    clock.advance(70_000);
    assertEquals(List.of(), wrong);
    assertEquals(2000, ran[0]);
    assertEquals(0, deadlines.size());
  }

  @Test
  void calledOffNeverRuns() {
    int[] ran = {0};
    List<Deadlines.Deadline> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      all.add(deadlines.in(i * 7, () -> ran[0]++));
    }
    all.forEach(Deadlines.Deadline::cancel);
    all.forEach(Deadlines.Deadline::cancel);
    assertEquals(0, deadlines.size());
    clock.advance(10_000);
    assertEquals(0, ran[0]);
  }

  @Test
  void noTimerWhileNothingWaits() {
    deadlines.in(50, () -> {});
    assertTrue(clock.waiting() > 0);
    clock.advance(100);
    assertEquals(0, clock.waiting());
  }

  @Test
  void shortLivedDeadlinesShareTimers() {
    long before = clock.ran();
    for (int i = 0; i < 10_000; i++) {
      deadlines.in(30_000, () -> {}).cancel();
      clock.advance(i % 10 == 0 ? 1 : 0);
    }
    clock.advance(60_000);
    assertTrue(clock.ran() - before < 100, (clock.ran() - before) + " timers");
  }

  @Test
  void oneThatIsCalledOffByAnotherOfTheSameTickDoesNotRun() {
    List<String> ran = new ArrayList<>();
    Deadlines.Deadline[] second = new Deadlines.Deadline[1];
    deadlines.in(
        10,
        () -> {
          ran.add("first");
          second[0].cancel();
        });
    second[0] = deadlines.in(10, () -> ran.add("second"));
    clock.advance(100);
    assertEquals(List.of("first"), ran);
  }

  @Test
  void anActionMaySetANewOne() {
    int[] ran = {0};
    deadlines.in(10, () -> deadlines.in(10, () -> ran[0]++));
    clock.advance(100);
    assertEquals(1, ran[0]);
  }

  @Test
  void lateTimersRunAllThatIsDue() {
    int[] ran = {0};
    for (int i = 0; i < 100; i++) {
      deadlines.in(i * 100, () -> ran[0]++);
    }
    clock.freeze(20_000);
    clock.advance(10);
    assertEquals(100, ran[0]);
  }
}
