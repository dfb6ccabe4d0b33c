package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.registry.Announcements;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which workers of a large pool are chosen. */
class WorkingSetTest {
  private static final long NOW = 1000;

  private final WorkerView view = new WorkerView("a", () -> NOW);
  private final Announcements announce = new Announcements(view);
  private final WorkerChoice choice = new WorkerChoice(new SplittableRandom(7));

  private WorkerPool pool(String node, int count, int capacity) {
    List<WorkerInfo> infos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      infos.add(Announcements.worker(node, node + i, "p", capacity));
    }
    announce.say(infos);
    return view.pool("p");
  }

  /** Calls that are over before the next one comes. */
  private Map<WorkerCell, Integer> shortCalls(WorkerPool pool, int calls) {
    Map<WorkerCell, Integer> taken = new HashMap<>();
    for (int i = 0; i < calls; i++) {
      WorkerCell cell = choice.choose(pool, null, 0, NOW);
      assertNotNull(cell);
      taken.merge(cell, 1, Integer::sum);
    }
    return taken;
  }

  private List<WorkerCell> openCalls(WorkerPool pool, int calls) {
    List<WorkerCell> taken = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      WorkerCell cell = choice.choose(pool, null, 0, NOW);
      assertNotNull(cell, "call " + i);
      cell.reserve();
      taken.add(cell);
    }
    return taken;
  }

  @Test
  void fewWorkersAreUsedAtATime() {
    int used = shortCalls(pool("b", 10_000, 100), 320).size();
    assertTrue(used <= WorkingSet.LEAST + 320 / WorkingSet.STAY, used + " workers for 320 calls");
  }

  @Test
  void afterSomeRoundsAllHadTheSameShare() {
    int workers = 625;
    Map<WorkerCell, Integer> taken = shortCalls(pool("b", workers, 100), 10_000 * 10);
    assertEquals(workers, taken.size());
    taken.forEach(
        (cell, calls) ->
            assertTrue(Math.abs(calls - 160) <= 16, cell + " had " + calls + " of mean 160"));
  }

  @Test
  void workersOfThisNodeHaveTheSameShareToo() {
    Map<WorkerCell, Integer> taken = shortCalls(pool("a", 100, 100), 10_000);
    assertEquals(100, taken.size());
    taken.forEach(
        (cell, calls) ->
            assertTrue(Math.abs(calls - 100) <= 16, cell + " had " + calls + " of mean 100"));
  }

  @Test
  void openCallsSpreadOverAsManyAsTheyNeed() {
    WorkerPool pool = pool("b", 10_000, 100);
    List<WorkerCell> taken = openCalls(pool, 4000);
    int most = taken.stream().mapToInt(WorkerCell::own).max().orElse(0);
    assertTrue(most <= 4, most + " calls on one of 10000 workers");
    int used = new HashSet<>(taken).size();
    assertTrue(used >= 1000 && used < 3000, used + " workers for 4000 open calls");
  }

  @Test
  void workersThatTakeOneCallAtATimeAreAllFound() {
    WorkerPool pool = pool("b", 2000, 1);
    assertEquals(1600, new HashSet<>(openCalls(pool, 1600)).size());
  }

  @Test
  void theSetIsSmallAgainWhenTheLoadIsGone() {
    WorkerPool pool = pool("b", 10_000, 100);
    openCalls(pool, 4000).forEach(WorkerCell::release);
    shortCalls(pool, 10_000);
    int used = shortCalls(pool, 320).size();
    assertTrue(used <= WorkingSet.LEAST + 320 / WorkingSet.STAY, used + " workers for 320 calls");
  }

  @Test
  void aFullSetSendsToTheOthersAtOnce() {
    WorkerPool pool = pool("b", 10_000, 2);
    Set<WorkerCell> used = shortCalls(pool, 16).keySet();
    used.forEach(WorkerCell::reserve);
    used.forEach(WorkerCell::reserve);
    long before = choice.looks();
    WorkerCell other = choice.choose(pool, null, 0, NOW);
    assertNotNull(other);
    assertFalse(used.contains(other));
    assertTrue(choice.looks() - before <= 4, choice.looks() - before + " looks");
  }

  @Test
  void aSetThatRestsSendsToTheOthersAtOnce() {
    WorkerPool pool = pool("b", 10_000, 2);
    Set<WorkerCell> used = shortCalls(pool, 16).keySet();
    used.forEach(cell -> cell.failed(NOW));
    for (int i = 0; i < 100; i++) {
      WorkerCell other = choice.choose(pool, null, 0, NOW);
      assertNotNull(other);
      assertFalse(used.contains(other));
    }
  }

  @Test
  void workersOfTheSetThatAreBusyForOthersArePassedOver() {
    WorkerPool pool = pool("b", 10_000, 100);
    Set<WorkerCell> used = shortCalls(pool, 16).keySet();
    used.forEach(cell -> cell.heard(30, 100, NOW));
    for (int i = 0; i < 100; i++) {
      assertFalse(used.contains(choice.choose(pool, null, 0, NOW)), "choice " + i);
    }
  }

  @Test
  void rareCallsGoRoundAllWorkers() {
    WorkerPool pool = pool("b", 1000, 100);
    Map<WorkerCell, Integer> taken = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      WorkerCell cell = choice.choose(pool, null, 0, NOW + i * WorkingSet.LONGEST_STAY);
      taken.merge(cell, 1, Integer::sum);
    }
    assertEquals(1000, taken.size());
    int most = taken.values().stream().max(Integer::compare).orElseThrow();
    assertTrue(most <= 20, most + " of mean 10");
  }

  @Test
  void lanesBeginAtDifferentPlaces() {
    WorkerPool pool = pool("b", 10_000, 100);
    Set<WorkerCell> both = new HashSet<>(shortCalls(pool, 16).keySet());
    WorkerChoice otherLane = new WorkerChoice(new SplittableRandom(8));
    for (int i = 0; i < 16; i++) {
      both.add(otherLane.choose(pool, null, 0, NOW));
    }
    assertEquals(32, both.size());
  }

  @Test
  void itStaysWhereItIsWhenWorkersComeAndGo() {
    WorkerPool pool = pool("b", 10_000, 100);
    Set<WorkerCell> used = shortCalls(pool, 16).keySet();
    pool("c", 1000, 100);
    Set<WorkerCell> after = new HashSet<>(shortCalls(pool, 160).keySet());
    after.retainAll(used);
    assertTrue(after.size() >= 4, after.size() + " of 16 still used");
  }

  @Test
  void thoseThatLeftAreNotChosenAndThePoolMayBecomeSmall() {
    WorkerPool pool = pool("b", 200, 100);
    openCalls(pool, 300);
    for (int left = 0; left < 199; left++) {
      announce.remove("b", 0, "b" + left);
      WorkerCell cell = choice.choose(pool, null, 0, NOW);
      int number = Integer.parseInt(cell.workerId().substring(1));
      assertTrue(number > left, number + " left before " + left);
    }
  }
}
