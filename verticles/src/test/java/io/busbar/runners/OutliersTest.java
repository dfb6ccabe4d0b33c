package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.runners.Outliers.Tally;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private static List<String> among(int most, List<Tally<String>> tallies) {
    return Outliers.among(tallies, most).stream().map(Tally::runner).toList();
  }

  @Test
  void theOneThatFailsFarMoreOftenIsNamed() {
    assertEquals(
        List.of("bad"),
        among(
            1,
            List.of(
                new Tally<>("a", 100, 2), new Tally<>("bad", 100, 50), new Tally<>("b", 100, 3))));
  }

  @Test
  void aPoolThatFailsAsAWholeHasNone() {
    assertEquals(
        List.of(),
        among(
            2,
            List.of(
                new Tally<>("a", 100, 60), new Tally<>("b", 100, 90), new Tally<>("c", 100, 70))));
  }

  @Test
  void fewCallsProveNothing() {
    assertEquals(
        List.of(), among(1, List.of(new Tally<>("a", 1000, 0), new Tally<>("bad", 19, 19))));
  }

  @Test
  void withoutOthersToCompareThereIsNone() {
    assertEquals(List.of(), among(1, List.of(new Tally<>("alone", 1000, 1000))));
  }

  @Test
  void noMoreThanAllowedTheWorstFirst() {
    List<Tally<String>> tallies =
        List.of(
            new Tally<>("a", 1000, 1),
            new Tally<>("b", 100, 40),
            new Tally<>("c", 100, 80),
            new Tally<>("d", 1000, 1));
    assertEquals(List.of("c"), among(1, tallies));
    assertEquals(List.of("c", "b"), among(2, tallies));
  }
}
