package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RequestHead;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Affinity by function of calls that name none, as those over HTTP do, in a pool that does. */
class FunctionAffinityTest {
  private static final int WORKERS = 8;
  private static final int CALLS = 40;

  private static PoolOptions pool(PoolOptions.Affinity affinity, String function) {
    PoolOptions d = PoolOptions.DEFAULTS;
    return new PoolOptions(
            d.runners(),
            d.dns(),
            d.queue(),
            d.queueTimeout(),
            affinity,
            d.concurrency(),
            d.timeout(),
            d.placing(),
            d.reserve(),
            d.retry(),
            d.replay(),
            d.settle())
        .withFunction(function);
  }

  /** The workers that calls with this head get, one call after the other. */
  private static Set<String> chosen(PoolOptions options, RequestHead head) {
    Scene scene = new Scene(1, Map.of("p", options));
    for (int i = 0; i < WORKERS; i++) {
      scene.worker("a", "w" + i, "p", 100).service = 0;
    }
    Set<String> workers = new HashSet<>();
    for (int i = 0; i < CALLS; i++) {
      FakeCaller.Calling call = scene.caller().call("p", s -> s.setHead(head));
      scene.net.advance(10);
      assertTrue(call.ended());
      workers.add(call.assigned.getWorker());
    }
    return workers;
  }

  private static RequestHead head(String function) {
    return RequestHead.newBuilder().setFnId(function).build();
  }

  @Test
  void callsWithoutAFunctionGoWhereThePoolsFunctionIsWarm() {
    PoolOptions named = pool(PoolOptions.Affinity.FN_ID, "resize");
    Set<String> warm = chosen(named, head("resize"));
    assertEquals(1, warm.size());
    assertEquals(warm, chosen(named, head("")));
  }

  @Test
  void slotHashAffinityFallsBackToThePoolsFunction() {
    PoolOptions named = pool(PoolOptions.Affinity.SLOT_HASH_ID, "resize");
    assertEquals(
        chosen(pool(PoolOptions.Affinity.FN_ID, ""), head("resize")), chosen(named, head("")));
  }

  @Test
  void aFunctionThatTheCallNamesCountsMoreThanThePools() {
    PoolOptions named = pool(PoolOptions.Affinity.FN_ID, "resize");
    Set<String> seen = new HashSet<>();
    for (String function : new String[] {"a", "b", "c", "d", "e", "f"}) {
      seen.addAll(chosen(named, head(function)));
    }
    assertTrue(seen.size() > 1, "all on " + seen);
  }

  @Test
  void withoutAnyFunctionCallsSpread() {
    Set<String> workers = chosen(pool(PoolOptions.Affinity.FN_ID, ""), head(""));
    assertTrue(workers.size() > 1, "all on " + workers);
  }
}
