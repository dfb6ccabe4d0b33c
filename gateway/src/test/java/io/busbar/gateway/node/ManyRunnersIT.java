package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node with far more runners than anybody calls. */
class ManyRunnersIT {
  private static final int MANY = Boolean.getBoolean("busbar.long") ? 10_000 : 1000;

  private final RunnerCluster cluster = new RunnerCluster();

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  @Test
  void aPoolOfThousandsStartsAndServesBesideAnother() throws Exception {
    ScriptedRunner runner = cluster.runner(RunnerScripts::echo);
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < MANY; i++) {
      many.append(i == 0 ? "" : ", ").append("\"10.9.").append(i / 250).append('.');
      many.append(1 + i % 250).append(":9190\"");
    }
    RunnerCluster.Member a =
        cluster.start(
            "a",
            "{many: {runners: [%s], health: {status-interval: 0}}, one: {runners: [\"%s\"]}}"
                .formatted(many, RunnerCluster.address(runner)));
    io.busbar.gateway.testing.Eventually.passes(
        RunnerCluster.PATIENCE,
        () -> "all runners attached",
        () -> {
          JsonObject pools = new JsonObject(cluster.send(a, "GET", "/v1/pools", "").body());
          int all =
              pools.getJsonArray("pools").stream()
                  .mapToInt(pool -> ((JsonObject) pool).getInteger("available"))
                  .sum();
          assertEquals(MANY + 1, all);
        });
    assertEquals("x", cluster.call(a, "one", "x").body());
    assertTrue(runner.calls().size() == 1);
  }
}
