package io.busbar.juniper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The pauses before a connection is opened again. */
class PausesTest {
  private static final LongUnaryOperator LEAST = bound -> 0;
  private static final LongUnaryOperator MOST = bound -> bound - 1;

  private static Pauses pauses(long first, long longest, LongUnaryOperator chance) {
    return new Pauses(Duration.ofMillis(first), Duration.ofMillis(longest), chance);
  }

  private static List<Long> next(Pauses pauses, int count) {
    return LongStream.generate(pauses::next).limit(count).boxed().toList();
  }

  @Test
  void eachIsAtMostTwiceTheOneBeforeUpToTheLongest() {
    assertEquals(List.of(250L, 500L, 1000L, 2000L, 3000L, 3000L), next(pauses(250, 3000, MOST), 6));
  }

  @Test
  void eachIsAtLeastHalfOfWhatItMayBe() {
    assertEquals(List.of(125L, 250L, 500L, 1000L, 1500L, 1500L), next(pauses(250, 3000, LEAST), 6));
  }

  @Test
  void anOddNumberIsReachedToo() {
    assertEquals(List.of(7L, 9L), next(pauses(7, 9, MOST), 2));
  }

  @Test
  void noneIsShorterThanAMillisecond() {
    assertEquals(List.of(1L, 1L), next(pauses(1, 1, LEAST), 2));
  }

  @Test
  void theLongestNeverOverflows() {
    Pauses pauses = pauses(1, Duration.ofDays(365).toMillis(), MOST);

    assertEquals(Duration.ofDays(365).toMillis(), next(pauses, 100).get(99));
  }

  @Test
  void afterASuccessTheNextIsAFirstOneAgain() {
    Pauses pauses = pauses(250, 3000, MOST);
    next(pauses, 4);
    pauses.reset();

    assertEquals(List.of(250L, 500L), next(pauses, 2));
  }

  @Test
  void theClientsOfALostServerAreSpreadOverTheWholeOfThePause() {
    int[] clientsPerTenth = new int[10];
    IntStream.range(0, 10_000)
        .mapToObj(SplittableRandom::new)
        .map(seeded -> pauses(2000, 15_000, seeded::nextLong))
        .mapToInt(pauses -> (int) Math.min(9, (pauses.next() - 1000) / 100))
        .forEach(tenth -> clientsPerTenth[tenth]++);

    for (int clients : clientsPerTenth) {
      assertTrue(clients > 800 && clients < 1200, clients + " of 10000 in a tenth of the pause");
    }
  }

  @Test
  void clientsThatWereSpreadStaySpread() {
    List<Long> sums =
        IntStream.range(0, 1000)
            .mapToObj(SplittableRandom::new)
            .map(seeded -> pauses(250, 15_000, seeded::nextLong))
            .map(pauses -> next(pauses, 8).stream().mapToLong(Long::longValue).sum())
            .toList();

    assertTrue(sums.stream().distinct().count() > 900, "of 1000 clients few come apart");
  }
}
