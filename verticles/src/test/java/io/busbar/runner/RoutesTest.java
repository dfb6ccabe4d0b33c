package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.routing.CallFacts;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Route;
import io.busbar.routing.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pool a TryCall goes to. */
class RoutesTest {
  private static final String CALL =
      """
      {"fn_id":"f1","app_id":"a1","app_name":"media","image":"acme/resize:1.4","type":"sync",
       "annotations":{"tier":"gold","n":3,"deep":{"a":1}},"headers":{"X-Kind":["blue","red"]}}""";

  private static String pool(Routes routes) throws BadCallException {
    byte[] json = CALL.getBytes(StandardCharsets.UTF_8);
    CallFacts facts = new CallJson(4096, routes.annotationKeys()).read(json, 0, json.length);
    return routes.poolOf(facts, Map.of("FN_CHEESE", "gouda"));
  }

  private static Routes one(String field, String pattern) {
    return Routes.compile(List.of(new Route(Map.of(field, pattern), "hit")));
  }

  @ParameterizedTest
  @CsvSource({
    "fn_id,f1,hit",
    "fn_id,f*,hit",
    "fn_id,*,hit",
    "fn_id,f,default",
    "fn_id,f12,default",
    "app_id,a1,hit",
    "app_name,media,hit",
    "app_name,med*,hit",
    "image,acme/*,hit",
    "image,acme/resize:1.4,hit",
    "image,other*,default",
    "type,sync,hit",
    "type,detached,default",
    "annotation.tier,gold,hit",
    "annotation.n,3,hit",
    "annotation.deep,*,default",
    "annotation.none,*,default",
    "header.x-kind,blue,hit",
    "header.X-Kind,bl*,hit",
    "header.X-Kind,red,default",
    "extension.FN_CHEESE,gouda,hit",
    "extension.FN_CHEESE,brie,default",
    "extension.other,*,default",
  })
  void eachFieldMatchesExactlyOrByItsStart(String field, String pattern, String pool)
      throws BadCallException {
    assertEquals(pool, pool(one(field, pattern)));
  }

  @Test
  void allConditionsOfARuleMustHold() throws BadCallException {
    Routes both =
        Routes.compile(List.of(new Route(Map.of("fn_id", "f1", "app_id", "other"), "hit")));
    assertEquals("default", pool(both));
  }

  @Test
  void theFirstMatchWins() throws BadCallException {
    Routes routes =
        Routes.compile(
            List.of(
                new Route(Map.of("fn_id", "other"), "p0"),
                new Route(Map.of("fn_id", "f*"), "p1"),
                new Route(Map.of("fn_id", "f1"), "p2")));
    assertEquals("p1", pool(routes));
  }

  @Test
  void withoutRulesItIsTheDefaultPool() throws BadCallException {
    assertEquals("default", pool(Routes.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "fnid,x,routes[1].match.fnid",
    "annotation.,x,routes[1].match.annotation.",
    "fn_id,a*b,routes[1].match.fn_id",
    "fn_id,'',routes[1].match.fn_id",
  })
  void aBadRuleIsNamed(String field, String pattern, String at) {
    Route good = new Route(Map.of("fn_id", "x"), "p");
    Route bad = new Route(Map.of(field, pattern), "p");
    String message =
        assertThrows(IllegalArgumentException.class, () -> Routes.compile(List.of(good, bad)))
            .getMessage();
    assertTrue(message.startsWith(at + ": ") && message.contains("expected"), message);
  }

  @Test
  void aRuleWithoutConditionsOrPoolIsNamed() {
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> Routes.compile(List.of(new Route(Map.of(), "p"))))
            .getMessage()
            .startsWith("routes[0].match:"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> Routes.compile(List.of(new Route(Map.of("type", "x"), " "))))
            .getMessage()
            .startsWith("routes[0].pool:"));
  }

  @Test
  void affinityKeys() throws BadCallException {
    byte[] json =
        "{\"fn_id\":\"f1\",\"headers\":{\"busbar-affinity\":[\"k\"]}}"
            .getBytes(StandardCharsets.UTF_8);
    CallFacts facts = new CallJson(100, java.util.Set.of()).read(json, 0, json.length);
    assertEquals("", PoolAffinity.NONE.keyOf(facts, "ab"));
    assertEquals("k", PoolAffinity.HEADER.keyOf(facts, "ab"));
    assertEquals("f1", PoolAffinity.FN_ID.keyOf(facts, "ab"));
    assertEquals("ab", PoolAffinity.SLOT_HASH_ID.keyOf(facts, "ab"));
    assertEquals("f1", PoolAffinity.SLOT_HASH_ID.keyOf(facts, ""));
  }
}
