package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.HostRules;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nodes do that are cut off from the others, as configured. */
class SplitKeysTest {
  @Test
  void aFencedNodeStaysAndTiesAreNobodysUnlessSaid() {
    HostRules rules = ConfigFixture.sets().controlPlane().rules();
    assertEquals(Duration.ZERO, rules.fencedExit());
    assertFalse(rules.lowestBreaksTies());
    assertTrue(rules.discovery().isEmpty());
  }

  @Test
  void allOfThemReachTheControlPlane() {
    HostRules rules =
        ConfigFixture.sets(
                "cluster.size=4",
                "cluster.tie-breaker=lowest",
                "control-plane.fenced-exit=1m",
                "control-plane.dns=carts.example:1337",
                "control-plane.dns-interval=30s")
            .controlPlane()
            .rules();
    assertEquals(Duration.ofMinutes(1), rules.fencedExit());
    assertTrue(rules.lowestBreaksTies());
    assertEquals("carts.example", rules.discovery().orElseThrow().toString());
    assertEquals(Duration.ofSeconds(30), rules.discoveryInterval());
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "cluster.size=3, control-plane.fenced-exit=5s, expected 0; or at least 10s",
    "cluster.size=0, control-plane.fenced-exit=1m, expected 0 while cluster.size is 0",
    "cluster.size=3, control-plane.fenced-exit=soon, a duration such as",
    "cluster.size=3, control-plane.fenced-exit=2d, a duration such as",
    "cluster.size=3, cluster.tie-breaker=lowest, expected none unless cluster.size is even",
    "cluster.size=0, cluster.tie-breaker=lowest, expected none unless cluster.size is even",
    "cluster.size=2, cluster.tie-breaker=mine, one of none; lowest",
    "cluster.size=2, control-plane.dns=carts.example, host:port",
    "cluster.size=2, control-plane.dns-interval=1ms, a duration such as"
  })
  void aBadValueIsNamed(String size, String set, String expected) {
    List<String> problems = ConfigFixture.problemsOfSets(size, set);
    assertEquals(1, problems.size(), problems.toString());
    String key = set.substring(0, set.indexOf('='));
    assertTrue(problems.get(0).contains(key), problems.get(0));
    assertTrue(problems.get(0).contains(expected.replace(';', ',')), problems.get(0));
  }
}
