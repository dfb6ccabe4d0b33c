package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How the nodes of one authority agree on the number of their view. */
class ViewNumberTest {
  private static final long CLOCK = 1_000;
  private static final HostName A = new HostName("10.0.0.1", 1337);
  private static final HostName B = new HostName("10.0.0.2", 1337);
  private static final HostName X = new HostName("10.0.0.3", 1337);

  private final ViewNumber first = new ViewNumber();
  private final ViewNumber second = new ViewNumber();

  private void exchange() {
    first.told("b", second.number(), second.hosts());
    second.told("a", first.number(), first.hosts());
  }

  @Test
  void theFirstNumberBeginsAtTheClock() {
    first.count(List.of(A), CLOCK);
    assertEquals(CLOCK, first.number());
  }

  @Test
  void eachChangeOfTheHostsIsOneMore() {
    first.count(List.of(A), CLOCK);
    first.count(List.of(A, X), CLOCK);
    first.count(List.of(X), CLOCK);
    assertEquals(CLOCK + 2, first.number());
  }

  @Test
  void theOrderOfTheHostsIsNoChange() {
    first.count(List.of(A, X), CLOCK);
    first.count(List.of(X, A), CLOCK + 50);
    assertEquals(CLOCK, first.number());
  }

  @Test
  void theOthersTakeTheWordOfTheNodeThatCounts() {
    first.count(List.of(A, B), CLOCK);
    exchange();
    second.follow("a");
    assertEquals(first.number(), second.number());
    assertEquals(first.hosts(), second.hosts());
  }

  @Test
  void whoHasHeardNothingHasNoNumber() {
    second.follow("a");
    assertEquals(0, second.number());
  }

  @Test
  void whoCountsNextGoesOnWithTheSameNumberForTheSameHosts() {
    first.count(List.of(B, X), CLOCK);
    exchange();
    second.follow("a");
    second.left("a");
    second.count(List.of(B, X), CLOCK + 500);
    assertEquals(CLOCK, second.number());
    second.count(List.of(X), CLOCK + 500);
    assertEquals(CLOCK + 1, second.number());
  }

  @Test
  void whoCountsNextGoesOnAboveWhatOthersHeardLast() {
    ViewNumber third = new ViewNumber();
    first.count(List.of(A), CLOCK);
    first.count(List.of(A, X), CLOCK);
    third.told("a", first.number(), first.hosts());
    third.follow("a");
    second.told("c", third.number(), third.hosts());
    second.count(List.of(B), CLOCK - 900);
    assertEquals(CLOCK + 2, second.number());
  }

  @Test
  void twoThatCountedApartAgreeOnANewNumber() {
    first.count(List.of(A), CLOCK);
    second.count(List.of(B), CLOCK);
    assertNotEquals(first.hosts(), second.hosts());
    exchange();
    first.count(List.of(A, B), CLOCK);
    second.follow("a");
    exchange();
    second.follow("a");
    assertEquals(CLOCK + 1, second.number());
    assertEquals(first.number(), second.number());
  }

  @Test
  void aNumberNeverGoesBack() {
    second.count(List.of(B), CLOCK + 7);
    first.count(List.of(A), CLOCK);
    exchange();
    second.follow("a");
    assertEquals(CLOCK + 7, second.number());
    first.count(List.of(A), CLOCK);
    assertTrue(first.number() > CLOCK + 7);
  }
}
