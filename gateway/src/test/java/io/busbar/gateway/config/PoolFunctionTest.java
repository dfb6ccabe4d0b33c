package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fn.wire.CallFunction;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code pools.NAME.function.*}. */
class PoolFunctionTest {
  private static CallFunction function(String... sets) {
    return ConfigFixture.sets(sets).pool("p").function();
  }

  @Test
  void aPoolThatNamesNothingSaysOnlyTheTimes() {
    assertEquals(CallFunction.ofTimeout(30), function());
    assertEquals(CallFunction.ofTimeout(2), function("pools.p.timeout=1001ms"));
  }

  @Test
  void allThatIsNamedIsSaid() {
    CallFunction said =
        function(
            "pools.p.function={image: acme/resize:1, id: f, app-id: a, app-name: media,"
                + " memory: 256, idle-timeout: 1m, syslog-url: tcp://logs:514}");
    Map<String, String> environment =
        Map.of("FN_MEMORY", "256", "FN_TYPE", "sync", "FN_FN_ID", "f", "FN_APP_ID", "a");
    assertEquals(
        new CallFunction(
            "f",
            "a",
            "media",
            "",
            "acme/resize:1",
            30,
            60,
            256,
            environment,
            Map.of(),
            "tcp://logs:514"),
        said);
  }

  @Test
  void anImageAloneGetsTheMemoryOfFnsControlPlane() {
    assertEquals(CallFunction.DEFAULT_MEMORY, function("pools.p.function.image=x").memory());
  }

  @Test
  void theEnvironmentIsKeptSecret() {
    Config config = ConfigFixture.sets("pools.p.function.config={TOKEN: hush-hush}");
    assertEquals("hush-hush", config.pool("p").function().config().get("TOKEN"));
    assertTrue(config.secrets().contains("hush-hush"));
    assertFalse(config.shown().toString().contains("hush-hush"));
  }

  @Test
  void aFaultNamesItsKey() {
    String problem = ConfigFixture.problemsOfSets("pools.p.function.memory=0").get(0);
    assertTrue(problem.contains("pools.p.function.memory"), problem);
  }
}
