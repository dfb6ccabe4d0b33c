package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.registry.Announcements;
import io.busbar.registry.Hashes;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkerChoiceTest {
  private static final long NOW = 1000;

  private final WorkerView view = new WorkerView("a", () -> NOW);
  private final Announcements announce = new Announcements(view);
  private final WorkerChoice choice = new WorkerChoice(new SplittableRandom(1));

  private WorkerPool pool(String node, int count, int capacity) {
    List<WorkerInfo> infos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      infos.add(Announcements.worker(node, node + i, "p", capacity));
    }
    announce.say(infos);
    return view.pool("p");
  }

  private WorkerCell take(WorkerPool pool, long affinity) {
    WorkerCell cell = choice.choose(pool, null, affinity, NOW);
    if (cell != null) {
      cell.reserve();
    }
    return cell;
  }

  @Test
  void twoChoicesKeepTheLoadEven() {
    WorkerPool pool = pool("b", 100, 1000);
    for (int i = 0; i < 10_000; i++) {
      take(pool, 0);
    }
    int most = 0;
    for (int i = 0; i < 100; i++) {
      most = Math.max(most, pool.workers().at(i).own());
    }
    // One random choice would give about 130; two give the mean and a few.
    assertTrue(most <= 106, "fullest of mean 100: " + most);
  }

  @Test
  void localWorkersGoFirst() {
    pool("b", 50, 10);
    WorkerPool pool = pool("a", 2, 10);
    for (int i = 0; i < 10; i++) {
      assertTrue(take(pool, 0).local());
    }
  }

  @Test
  void aMarkedlyBusierLocalWorkerIsPassedOver() {
    pool("b", 4, 10);
    WorkerPool pool = pool("a", 1, 10);
    int local = 0;
    for (int i = 0; i < 9; i++) {
      local += take(pool, 0).local() ? 1 : 0;
    }
    // It stays ahead of the others by about half of its capacity.
    assertTrue(local >= 6 && local <= 7, local + " of 9 local");
  }

  @Test
  void aFullPoolGivesNobody() {
    WorkerPool pool = pool("b", 10, 1);
    for (int i = 0; i < 10; i++) {
      assertNotNull(take(pool, 0), "choice " + i);
    }
    assertNull(take(pool, 0));
  }

  @Test
  void aRestingWorkerIsNotChosen() {
    WorkerPool pool = pool("b", 1, 1);
    pool.workers().at(0).failed(NOW);
    assertNull(choice.choose(pool, null, 0, NOW));
    assertNotNull(choice.choose(pool, null, 0, NOW + 20));
  }

  @Test
  void aKeyStaysWithItsWorker() {
    WorkerPool pool = pool("b", 20, 100);
    long key = Hashes.of("session-7");
    WorkerCell first = take(pool, key);
    for (int i = 0; i < 40; i++) {
      assertSame(first, take(pool, key));
    }
  }

  @Test
  void aHotKeyIsSpreadBeforeItsWorkerIsFull() {
    WorkerPool pool = pool("b", 20, 100);
    long key = Hashes.of("hot");
    WorkerCell first = null;
    for (int i = 0; i < 400; i++) {
      WorkerCell cell = take(pool, key);
      first = first == null ? cell : first;
      assertNotNull(cell);
    }
    int most = 0;
    for (int i = 0; i < 20; i++) {
      most = Math.max(most, pool.workers().at(i).own());
    }
    assertTrue(first.own() >= 50 && most <= 60, first.own() + " on its own, most " + most);
  }

  @Test
  void manyKeysStayWithinTheBound() {
    WorkerPool pool = pool("b", 50, 10_000);
    int moved = 0;
    // Capacity is no limit here, so the bound of 1.25 times the mean shows only past half of it.
    for (int i = 0; i < 50_000; i++) {
      long key = Hashes.of("key-" + i);
      WorkerCell natural = pool.workers().byAffinity(key, 0);
      moved += take(pool, key) == natural ? 0 : 1;
    }
    int most = 0;
    for (int i = 0; i < 50; i++) {
      most = Math.max(most, pool.workers().at(i).own());
    }
    assertEquals(0, moved);
    assertTrue(most <= 1250, "fullest of mean 1000: " + most);
  }

  @Test
  void manyKeysOnSmallWorkersStayWithinTheBound() {
    WorkerPool pool = pool("b", 50, 20);
    for (int i = 0; i < 700; i++) {
      assertNotNull(take(pool, Hashes.of("key-" + i)));
    }
    int most = 0;
    for (int i = 0; i < 50; i++) {
      most = Math.max(most, pool.workers().at(i).own());
    }
    assertTrue(most <= Math.ceil(1.25 * 700 / 50) + 1, "fullest of mean 14: " + most);
  }

  @Test
  void tenThousandWorkersCostNoMoreLooksThanTen() {
    assertTrue(looks(10_000, 0) <= 1.1 * looks(10, 0), looks(10_000, 0) + " > " + looks(10, 0));
    assertTrue(looks(10_000, 1) <= 1.1 * looks(10, 1));
  }

  /** Looks at workers for a thousand choices at half load. */
  private static long looks(int workers, int affinity) {
    WorkerChoiceTest test = new WorkerChoiceTest();
    WorkerPool pool = test.pool("b", workers, 100);
    for (int i = 0; i < 1000; i++) {
      WorkerCell cell = test.choice.choose(pool, null, affinity == 0 ? 0 : Hashes.of("k" + i), NOW);
      assertNotNull(cell);
      cell.reserve();
      if (i >= 500) {
        cell.release();
      }
    }
    return test.choice.looks();
  }

  @Test
  void aFullPoolOfTenThousandIsNotScanned() {
    WorkerPool pool = pool("b", 10_000, 1);
    for (int i = 0; i < 10_000; i++) {
      pool.workers().at(i).reserve();
    }
    long before = choice.looks();
    assertNull(choice.choose(pool, null, 0, NOW));
    assertTrue(choice.looks() - before <= WorkerChoice.SEARCH + 2);
  }
}
