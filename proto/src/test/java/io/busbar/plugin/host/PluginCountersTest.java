package io.busbar.plugin.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginCountersTest {
  private final PluginCounters counters = new PluginCounters();

  @Test
  void instancesShareWhatTheyCountUnderOneName() {
    counters.counter("things.seen", "Things").add(2);
    counters.counter("things.seen", "something else").increment();
    assertSame(counters.counter("things.seen", ""), counters.all().get("things.seen").value());
    assertEquals(3, counters.all().get("things.seen").value().sum());
    assertEquals("Things", counters.all().get("things.seen").description());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upper", "a b", ".a", "a.", "1a", "a_b"})
  void anotherNameIsRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> counters.counter(name, ""));
  }

  @Test
  void thereAreNotMoreThanSixtyFour() {
    for (int i = 0; i < PluginCounters.MOST; i++) {
      counters.counter("c" + i, "");
    }
    assertThrows(IllegalStateException.class, () -> counters.counter("more", ""));
  }
}
