package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunnerOwnersTest {
  private final Random random = new Random(1);

  private Set<RunnerKey> some() {
    Set<RunnerKey> keys = new HashSet<>();
    for (int i = 1; i < 60; i++) {
      if (random.nextBoolean()) {
        keys.add(RunnerWorld.key(i));
      }
    }
    return keys;
  }

  @Test
  void oneRunnersOwnerIsThatOfTheWholeTable() {
    for (int round = 0; round < 50; round++) {
      List<RunnerOwners.Sponsor> sponsors = new ArrayList<>();
      for (int node = 0; node < random.nextInt(4); node++) {
        String name = "n" + node;
        sponsors.add(new RunnerOwners.Sponsor(name, name, random.nextInt(4) > 0, some()));
      }
      RunnerBook book = new RunnerBook();
      for (RunnerKey key : some()) {
        if (random.nextInt(3) == 0) {
          book.give(key, random.nextBoolean(), 1, "n0");
        }
      }
      Map<RunnerKey, String> owners = RunnerOwners.of(sponsors, book);
      for (int i = 1; i < 60; i++) {
        RunnerKey key = RunnerWorld.key(i);
        assertEquals(owners.get(key), RunnerOwners.of(key, sponsors, book), "" + key);
      }
    }
  }
}
