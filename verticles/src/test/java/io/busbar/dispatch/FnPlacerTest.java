package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.registry.Announcements;
import io.busbar.registry.Hashes;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FnPlacerTest {
  private static final int[] SIZES = {2, 3, 5, 8, 16, 100};
  private static final int FUNCTIONS = 20_000;

  @ParameterizedTest
  @CsvSource({
    "'',4dccf8f6e62ea9ad,0 2 2 6 6 21",
    "a,604b22e2a73bf95d,0 2 2 6 6 90",
    "fn-1,0cf146e770a06d33,0 0 0 0 0 69",
    "fn-3,b539d2d2b46cb26d,0 0 3 3 3 51",
    "fn-4,a37c25a6df6176b9,0 2 2 2 12 54",
    "0123456789ABCDEFGHJKMNPQRS,a15ff0434cc007d1,0 0 0 0 9 86"
  })
  void choosesAsFnDoes(String function, String hash, String indexes) {
    byte[] bytes = function.getBytes(StandardCharsets.UTF_8);
    assertEquals(Long.parseUnsignedLong(hash, 16), FnPlacer.sipHash(bytes));
    int[] expected = List.of(indexes.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
    int[] found = new int[SIZES.length];
    for (int i = 0; i < SIZES.length; i++) {
      found[i] = FnPlacer.first(FnPlacer.key(function), SIZES[i]);
    }
    assertArrayEquals(expected, found);
  }

  @Test
  void fnsOwnFirstChoicesAreSkewed() {
    assertShares(2, 100, 0);
    assertShares(3, 49, 0, 51);
    assertShares(5, 24, 0, 51, 17, 8);
    assertShares(8, 14, 0, 25, 17, 8, 5, 29, 2);
  }

  private static void assertShares(int runners, int... percent) {
    int[] shares = new int[runners];
    for (int i = 0; i < FUNCTIONS; i++) {
      shares[FnPlacer.first(FnPlacer.key("function-" + i), runners)]++;
    }
    for (int i = 0; i < runners; i++) {
      double found = 100.0 * shares[i] / FUNCTIONS;
      assertEquals(percent[i], found, 1.5, "runner " + i + " of " + runners);
    }
  }

  @Test
  void ourFirstChoicesAreEven() {
    for (int runners : new int[] {2, 3, 5, 8}) {
      WorkerView view = new WorkerView("a", () -> 0);
      List<WorkerInfo> infos = new ArrayList<>();
      for (int i = 0; i < runners; i++) {
        infos.add(Announcements.worker("a", "p@10.0.0." + i + ":9190", "p", 10));
      }
      new Announcements(view).say(infos);
      WorkerPool.Workers workers = view.pool("p").workers();
      int[] shares = new int[runners];
      for (int i = 0; i < FUNCTIONS; i++) {
        String id = workers.byAffinity(Hashes.of("function-" + i), 0).workerId();
        shares[Integer.parseInt(id.substring("p@10.0.0.".length(), id.indexOf(':')))]++;
      }
      double mean = (double) FUNCTIONS / runners;
      for (int i = 0; i < runners; i++) {
        assertTrue(
            shares[i] > 0.7 * mean && shares[i] < 1.3 * mean,
            "runner " + i + " of " + runners + ": " + shares[i] + " of mean " + mean);
      }
    }
  }

  @Test
  void aListedPoolIsChosenInTheOrderOfTheConfiguration() {
    WorkerView view = new WorkerView("a", () -> 0);
    List<String> list = List.of("r3:1", "r1:1", "gone:1", "r2:1", "r4:1");
    List<WorkerInfo> infos = new ArrayList<>();
    for (String address : List.of("r1:1", "r2:1", "r3:1", "r4:1")) {
      infos.add(Announcements.worker("a", address, "p", 1).toBuilder().setAddress(address).build());
    }
    new Announcements(view).say(infos);
    WorkerPool pool = view.pool("p");
    pool.list(list);
    WorkerChoice choice = new WorkerChoice(new SplittableRandom(1));
    // fn-3 is at index 3 of five, fn-4 at index 2, where nobody is.
    assertEquals("r2:1", choose(choice, pool, "fn-3"));
    assertEquals("r4:1", choose(choice, pool, "fn-4"), "r2 is full, the next in the list");
    assertEquals("r3:1", choose(choice, pool, "fn-4"), "round the end of the list");
    assertEquals("r1:1", choose(choice, pool, "fn-1"));
    assertEquals(null, choice.choose(pool, null, FnPlacer.key("fn-1"), 0));
  }

  private static String choose(WorkerChoice choice, WorkerPool pool, String function) {
    WorkerCell cell = choice.choose(pool, null, FnPlacer.key(function), 0);
    cell.reserve();
    return cell.workerId();
  }
}
