package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fnlb.ConfiguredFunction;
import io.busbar.fnlb.FnLbOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fn-lb.*}. */
class FnLbConfigTest {
  private static final String KEYS =
      "security.api-keys=[{name: shop, key: very-secret-key, roles: [call]}]";

  @TempDir private Path directory;

  @Test
  void theSurfaceIsOffUntilItHasAPort() {
    assertFalse(ConfigFixture.sets().front(Front.FN_LB).enabled());
    assertTrue(ConfigFixture.sets("fn-lb.port=8081").front(Front.FN_LB).enabled());
    assertFalse(
        ConfigFixture.sets("fn-lb.port=8081", "fn-lb.enabled=false").front(Front.FN_LB).enabled());
  }

  @Test
  void itIsProtectedLikeTheOthersWhenItIsOn() {
    assertEquals("0.0.0.0", ConfigFixture.sets("fn-lb.host=0.0.0.0").text("fn-lb.host"));
    assertEquals(1, ConfigFixture.problemsOfSets("fn-lb.host=0.0.0.0", "fn-lb.port=8081").size());
    assertTrue(
        ConfigFixture.sets("fn-lb.host=0.0.0.0", "fn-lb.port=8081", KEYS)
            .front(Front.FN_LB)
            .enabled());
  }

  @Test
  void aPortThatAnotherFrontSideHasIsRefused() {
    assertEquals(1, ConfigFixture.problemsOfSets("fn-lb.port=8080").size());
  }

  @Test
  void functionsAreReadWithTheirDefaults() {
    FnLbOptions options =
        ConfigFixture.file(
                directory,
                """
                fn-lb:
                  port: 8081
                  max-body: 1MiB
                  api: {url: "http://api:8080", cache: 2s}
                  extensions: {FN_CHEESE: gouda}
                  functions:
                    - {id: bare, app: media}
                    - id: full
                      app: media
                      app_id: app-1
                      image: acme/resize:1
                      timeout: 7
                      idle_timeout: 8
                      memory: 256
                      config: {A: b}
                      annotations: {tier: gold, deep: {a: [1]}}
                      triggers: [/resize, /]
                """)
            .fnLb("1");

    assertEquals(1 << 20, options.http().maxBody());
    assertEquals("fn-lb.max-body", options.http().key("max-body"));
    assertEquals("http://api:8080", options.api().url());
    assertEquals(Duration.ofSeconds(2), options.api().cache());
    assertEquals(Map.of("FN_CHEESE", "gouda"), options.extensions());
    ConfiguredFunction bare = options.functions().get(0);
    assertEquals(30, bare.timeoutSeconds());
    assertEquals(30, bare.idleTimeoutSeconds());
    assertEquals(128, bare.memory());
    ConfiguredFunction full = options.functions().get(1);
    assertEquals("app-1", full.appId());
    assertEquals(7, full.timeoutSeconds());
    assertEquals(8, full.idleTimeoutSeconds());
    assertEquals(256, full.memory());
    assertEquals(Map.of("A", "b"), full.config());
    assertEquals("gold", full.annotations().get("tier"));
    assertEquals(List.of("/resize", "/"), full.triggers());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{app: media}] | functions[0].id",
        "[{id: a}] | functions[0].app",
        "[{id: a, app: media, timeout: 0}] | functions[0].timeout",
        "[{id: a/b, app: media}] | functions[0].id",
        "[{id: a, app: media, triggers: [x]}] | functions[0].triggers[0]",
        "[{id: a, app: media, memori: 1}] | functions[0].memori",
      })
  void aFunctionThatIsWrongIsNamed(String functions, String field) {
    List<String> problems = ConfigFixture.problemsOfSets("fn-lb.functions=" + functions);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains("fn-lb." + field), problems::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{id: a, app: m}, {id: a, app: n}] | 'a'",
        "[{id: a, app: m, triggers: [/x]}, {id: b, app: m, triggers: [/x]}] | '/t/m/x'",
      })
  void functionsThatCannotBeToldApartAreRefused(String functions, String named) {
    List<String> problems = ConfigFixture.problemsOfSets("fn-lb.functions=" + functions);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains(named), problems::toString);
  }

  @Test
  void aFunctionsEnvironmentIsNotShown() {
    Config config =
        ConfigFixture.sets("fn-lb.functions=[{id: a, app: m, config: {TOKEN: very-secret}}]");
    assertFalse(config.shown().toString().contains("very-secret"));
  }

  @Test
  void aControlApiThatIsNoUrlIsRefused() {
    assertEquals(1, ConfigFixture.problemsOfSets("fn-lb.api.url=api:8080").size());
  }
}
