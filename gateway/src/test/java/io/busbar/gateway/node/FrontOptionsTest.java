package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.dispatch.PoolOptions;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrontOptionsTest {
  private static PoolOptions juniper(String... sets) {
    return pool("juniper", sets);
  }

  private static PoolOptions pool(String name, String... sets) {
    ConfigSources sources = ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", "box"));
    return FrontOptions.pools(ConfigLoader.load(sources.withSets(sets))).get(name);
  }

  @Test
  void aPoolsFunctionIsTheOneOfCallsThatNameNone() {
    assertEquals("resize", pool("images", "pools.images.function.id=resize").functionId());
    assertEquals("", pool("images", "pools.images.queue=5").functionId());
  }

  @Test
  void aNamedPoolOfJuniperWorkersKeepsWhatItDoesNotSet() {
    PoolOptions unnamed = juniper();
    PoolOptions named = juniper("pools.juniper.queue=5");
    assertEquals(5, named.queue());
    assertEquals(120_000, named.timeout());
    assertEquals(unnamed.replay(), named.replay());
    assertEquals(unnamed.retry(), named.retry());
  }

  @Test
  void whatTheJuniperPoolSetsItselfCounts() {
    assertEquals(7000, juniper("pools.juniper.timeout=7s").timeout());
    assertEquals(30_000, juniper("pools.juniper.timeout=30s").timeout());
  }
}
