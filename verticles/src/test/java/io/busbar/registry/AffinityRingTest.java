package io.busbar.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AffinityRingTest {
  private static final int KEYS = 100_000;

  private static WorkerCell[] cells(int count) {
    WorkerPool pool = new WorkerPool("p");
    WorkerCell[] cells = new WorkerCell[count];
    for (int i = 0; i < count; i++) {
      cells[i] =
          new WorkerCell(
              "n", Announcements.worker("n" + i % 3, "w" + i, "p", 10), pool, false, i, 0);
    }
    return cells;
  }

  private static long key(int i) {
    return Hashes.of("key-" + i);
  }

  @Test
  void anEmptyRingHasNobody() {
    assertNull(new AffinityRing(new WorkerCell[0]).find(1, 0));
  }

  @Test
  void oneWorkerGetsEverything() {
    WorkerCell[] cells = cells(1);
    AffinityRing ring = new AffinityRing(cells);
    for (int i = 0; i < 100; i++) {
      assertEquals(cells[0], ring.find(key(i), i % 3));
    }
  }

  @Test
  void keysSpreadEvenly() {
    for (int count : new int[] {2, 3, 10, 33, 100}) {
      AffinityRing ring = new AffinityRing(cells(count));
      Map<WorkerCell, Integer> share = new HashMap<>();
      for (int i = 0; i < KEYS; i++) {
        share.merge(ring.find(key(i), 0), 1, Integer::sum);
      }
      double mean = (double) KEYS / count;
      int most = share.values().stream().mapToInt(n -> n).max().orElseThrow();
      assertTrue(most < 1.3 * mean, count + " workers: fullest " + most + " of mean " + mean);
    }
  }

  @Test
  void noUnluckySetOfFewWorkersIsUneven() {
    WorkerPool pool = new WorkerPool("p");
    for (int set = 0; set < 100; set++) {
      int count = 2 + set % 4;
      WorkerCell[] cells = new WorkerCell[count];
      for (int i = 0; i < count; i++) {
        String id = "set" + set + "-" + i;
        cells[i] = new WorkerCell("n", Announcements.worker("n", id, "p", 10), pool, false, i, 0);
      }
      AffinityRing ring = new AffinityRing(cells);
      Map<WorkerCell, Integer> share = new HashMap<>();
      for (int i = 0; i < 4000; i++) {
        share.merge(ring.find(key(i), 0), 1, Integer::sum);
      }
      double mean = 4000.0 / count;
      int most = share.values().stream().mapToInt(n -> n).max().orElseThrow();
      assertTrue(most < 1.3 * mean, "set " + set + ": fullest " + most + " of mean " + mean);
    }
  }

  @Test
  void aDialledRunnerKeepsItsKeysWhenAnotherNodeDialsIt() {
    WorkerPool pool = new WorkerPool("p");
    WorkerCell[] before = new WorkerCell[10];
    WorkerCell[] after = new WorkerCell[10];
    for (int i = 0; i < 10; i++) {
      before[i] = dialled("a", i, pool);
      after[i] = dialled(i == 3 ? "b" : "a", i, pool);
    }
    AffinityRing one = new AffinityRing(before);
    AffinityRing other = new AffinityRing(after);
    for (int i = 0; i < 1000; i++) {
      assertEquals(
          one.find(key(i), 0).announced().getAddress(),
          other.find(key(i), 0).announced().getAddress());
    }
  }

  private static WorkerCell dialled(String node, int i, WorkerPool pool) {
    return new WorkerCell(
        node,
        Announcements.worker(node, "r" + i + "@" + node, "p", 10).toBuilder()
            .setDialled(true)
            .setAddress("10.0.0." + i + ":9190")
            .build(),
        pool,
        false,
        i,
        0);
  }

  @Test
  void theOrderOfAttachDoesNotMatter() {
    WorkerCell[] cells = cells(20);
    WorkerCell[] reversed = new WorkerCell[20];
    for (int i = 0; i < 20; i++) {
      reversed[i] = cells[19 - i];
    }
    AffinityRing one = new AffinityRing(cells);
    AffinityRing other = new AffinityRing(reversed);
    for (int i = 0; i < 1000; i++) {
      assertEquals(one.find(key(i), 0), other.find(key(i), 0));
    }
  }

  @Test
  void aWorkerThatLeavesMovesOnlyItsOwnKeys() {
    WorkerCell[] cells = cells(20);
    WorkerCell[] fewer = java.util.Arrays.copyOf(cells, 19);
    AffinityRing before = new AffinityRing(cells);
    AffinityRing after = new AffinityRing(fewer);
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      WorkerCell was = before.find(key(i), 0);
      WorkerCell is = after.find(key(i), 0);
      if (was != is) {
        assertEquals(cells[19], was, "key " + i + " moved without need");
        moved++;
      }
    }
    assertTrue(moved > 0 && moved < 1.3 * KEYS / 20, moved + " moved");
  }

  @Test
  void furtherChoicesNameOtherWorkers() {
    AffinityRing ring = new AffinityRing(cells(50));
    int distinct = 0;
    for (int i = 0; i < 1000; i++) {
      Set<WorkerCell> choices = new HashSet<>();
      for (int choice = 0; choice < 4; choice++) {
        choices.add(ring.find(key(i), choice));
      }
      distinct += choices.size();
    }
    assertTrue(distinct > 3700, distinct + " of 4000");
  }
}
