package io.busbar.gateway.node;

import io.busbar.gateway.config.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a configuration that is read again can change in a running node. */
final class Reload {
  private static final String POOLS = "pools.";
  private static final String HOSTS = "control-plane.peers";

  private Reload() {}

  /** The keys that differ and are taken over by a new start only. */
  static List<String> needRestart(Config before, Config after) {
    Map<String, String> old = new HashMap<>();
    before.shown().forEach(key -> old.put(key.path(), key.value()));
    List<String> later = new ArrayList<>();
    after
        .shown()
        .forEach(
            key -> {
              boolean same = key.value().equals(old.get(key.path()));
              boolean taken = key.path().startsWith(POOLS) || key.path().equals(HOSTS);
              if (!same && !taken) {
                later.add(key.path());
              }
            });
    return later;
  }
}
