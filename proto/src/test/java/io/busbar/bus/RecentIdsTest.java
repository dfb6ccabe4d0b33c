package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
  private static final int MOST = 1024;
  private static final long KEEP = 500;

  private final RecentIds ids = new RecentIds(MOST, KEEP);

  private long value(long node, long seq, int part) {
    int found = ids.find(node, seq, part);
    return found < 0 ? -1 : ids.value(found);
  }

  @Test
  void remembersEachPartOfAnIdByItself() {
    ids.put(1, 7, 0, 10, null, 0);
    ids.put(1, 7, 1, 11, "note", 0);
    ids.put(2, 7, 0, 12, null, 0);
    assertEquals(List.of(10L, 11L, 12L), List.of(value(1, 7, 0), value(1, 7, 1), value(2, 7, 0)));
    assertEquals("note", ids.note(ids.find(1, 7, 1)));
    assertEquals(-1, value(1, 8, 0));
  }

  @Test
  void theLastWordOnAnIdCounts() {
    ids.put(1, 7, 0, 10, null, 0);
    ids.put(1, 7, 0, 20, null, 0);
    assertEquals(20, value(1, 7, 0));
    assertEquals(1, ids.size());
  }

  @Test
  void anIdOfALaneThatIsEarlierThanItsLatestIsStillFound() {
    ids.put(1, 7, 0, 10, null, 0);
    ids.put(1, 9, 0, 11, null, 0);
    ids.put(1, 5, 0, 12, null, 0);
    ids.put(1, 3L << 56 | 6, 0, 13, null, 0);
    assertEquals(List.of(10L, 11L, 12L), List.of(value(1, 7, 0), value(1, 9, 0), value(1, 5, 0)));
    assertEquals(13, value(1, 3L << 56 | 6, 0));
    assertEquals(-1, value(1, 10, 0));
    assertEquals(-1, value(1, 6, 0));
  }

  @Test
  void idsOfMoreLanesThanAreToldApartAreAllFound() {
    for (int i = 0; i < MOST; i++) {
      ids.put(i / 4, (long) (i % 4) << 56 | (7L * i & 511), 0, i, null, 0);
    }
    for (int i = 0; i < MOST; i++) {
      assertEquals(i, value(i / 4, (long) (i % 4) << 56 | (7L * i & 511), 0), "id " + i);
    }
  }

  @Test
  void theOldestIsForgottenWhenFull() {
    for (int i = 0; i <= MOST; i++) {
      ids.put(1, i, 0, i, null, 0);
    }
    assertEquals(MOST, ids.size());
    assertEquals(-1, value(1, 0, 0));
    assertEquals(1, value(1, 1, 0));
    assertEquals(MOST, value(1, MOST, 0));
  }

  @Test
  void whatIsTooOldMakesPlace() {
    for (int i = 0; i < 100; i++) {
      ids.put(1, i, 0, i, null, 0);
    }
    for (int i = 100; i < 200; i++) {
      ids.put(1, i, 0, i, null, KEEP + 1);
    }
    assertEquals(100, ids.size());
    assertEquals(-1, value(1, 99, 0));
  }

  @Test
  void agreesWithAPlainMapOverRandomOperations() {
    record Key(long node, long seq, int part) {}
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      RecentIds mine = new RecentIds(256, Long.MAX_VALUE / 2);
      Map<Key, Long> model = new LinkedHashMap<>();
      for (int i = 0; i < 20_000; i++) {
        Key key =
            new Key(
                random.nextInt(3),
                (long) random.nextInt(3) << 56
                    | i / 4 + random.nextInt(random.nextBoolean() ? 8 : 400),
                random.nextInt(2));
        if (random.nextInt(1000) == 0) {
          int gone = random.nextInt(5);
          mine.forgetIf(note -> (int) note % 5 == gone);
          model.values().removeIf(value -> (int) (long) value % 5 == gone);
        } else {
          mine.put(key.node, key.seq, key.part, i, i, 0);
          model.remove(key);
          model.put(key, (long) i);
          // A hole left behind counts as a place, so only what surely fits is compared.
          Iterator<Key> oldest = model.keySet().iterator();
          while (model.size() > 256) {
            oldest.next();
            oldest.remove();
          }
        }
        int at = mine.find(key.node, key.seq, key.part);
        assertEquals(model.containsKey(key), at >= 0, "seed " + seed + " step " + i);
      }
      assertTrue(mine.size() <= model.size(), mine + ", model " + model.size());
      int compared = 0;
      for (Map.Entry<Key, Long> entry : model.entrySet()) {
        int at = mine.find(entry.getKey().node, entry.getKey().seq, entry.getKey().part);
        if (at >= 0) {
          assertEquals(entry.getValue(), mine.value(at));
          compared++;
        }
      }
      assertEquals(mine.size(), compared);
      assertTrue(compared >= model.size() - 1, "kept " + compared + " of " + model.size());
    }
  }
}
