package io.busbar.gateway.config;

import io.busbar.security.ExposureRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that look at several keys at once. */
final class CrossChecks {

  private static final Duration LEAST_FENCED_EXIT = Duration.ofSeconds(10);

  private final Config config;
  private final Problems problems;

  private CrossChecks(Config config, Problems problems) {
    this.config = config;
    this.problems = problems;
  }

  static void run(Config config, Problems problems) {
    CrossChecks checks = new CrossChecks(config, problems);
    checks.tlsGroups();
    checks.mutualTls();
    checks.keyNames();
    checks.functions();
    checks.ports();
    checks.busWindows();
    checks.exposure();
    checks.pools();
    checks.lease();
    checks.splits();
  }

  /** A node that is started anew alone must know how many others there are. */
  private void splits() {
    int size = config.integer("cluster.size");
    Duration exit = config.duration("control-plane.fenced-exit");
    if (!exit.isZero()) {
      String key = "control-plane.fenced-exit";
      String value = Keys.ALL.find(key).show(exit);
      if (exit.compareTo(LEAST_FENCED_EXIT) < 0) {
        bad(key, value, "expected 0, or at least 10s");
      } else if (size == 0) {
        bad(key, value, "expected 0 while cluster.size is 0: a node started anew would be alone");
      }
    }
    String breaker = config.text("cluster.tie-breaker");
    if (!breaker.equals("none") && (size == 0 || size % 2 != 0)) {
      bad("cluster.tie-breaker", breaker, "expected none unless cluster.size is even");
    }
  }

  private void lease() {
    if (config.duration("ownership.margin").compareTo(config.duration("ownership.ttl")) >= 0) {
      String key = "ownership.margin";
      bad(key, Keys.ALL.find(key).show(config.duration(key)), "expected less than ownership.ttl");
    }
  }

  private void pools() {
    for (String name : config.namesIn("pools")) {
      String pool = "pools." + name + ".";
      notLonger(pool + "health.eject", pool + "health.max-eject");
      notLonger(pool + "retry.backoff", pool + "retry.max-backoff");
      notLonger(pool + "dial.backoff", pool + "dial.max-backoff");
      if (isSet(pool + "tls.cert") || isSet(pool + "tls.key")) {
        need(pool + "tls.cert", pool + "tls.key");
        need(pool + "tls.key", pool + "tls.cert");
      }
    }
  }

  private void notLonger(String shorter, String longer) {
    if (config.duration(shorter).compareTo(config.duration(longer)) > 0) {
      String value = Keys.ALL.find(shorter).show(config.duration(shorter));
      bad(shorter, value, "expected at most " + longer);
    }
  }

  private void bad(String key, String value, String expected) {
    problems.add(config.at(key), key, value, expected);
  }

  private void tlsGroups() {
    group("bus.tls", true);
    for (Front front : Front.values()) {
      if (front != Front.RPC) {
        String tls = "security.tls." + front.key();
        group(tls, false);
        if (!config.text(tls + ".client-auth").equals("none")) {
          need(tls + ".ca", tls + ".client-auth");
        }
      }
    }
  }

  /** Whether the port speaks clear text although it has certificates. */
  private boolean alsoClear(Front front) {
    return front == Front.CONTROL_PLANE && config.text("control-plane.tls").equals("permissive");
  }

  private void mutualTls() {
    String mode = config.text("control-plane.tls");
    if (mode.equals("off") || !config.flag("control-plane.enabled")) {
      return;
    }
    need("security.tls.control-plane.cert", "control-plane.tls");
    String auth = config.text("security.tls.control-plane.client-auth");
    if (!auth.equals("required")) {
      bad(
          "security.tls.control-plane.client-auth",
          auth,
          "expected required when control-plane.tls is " + mode);
    }
    if (mode.equals("required") && config.integer("control-plane.port") == 0) {
      bad("control-plane.port", "0", "expected the port that others know this node by");
    }
  }

  private void group(String tls, boolean withAuthority) {
    for (String one : List.of(".cert", ".key", ".ca")) {
      if (isSet(tls + one)) {
        need(tls + ".cert", tls + one);
        need(tls + ".key", tls + one);
        if (withAuthority) {
          need(tls + ".ca", tls + one);
        }
        return;
      }
    }
  }

  private boolean isSet(String path) {
    return config.find(path, Object.class).isPresent();
  }

  private void need(String key, String because) {
    if (!isSet(key)) {
      problems.add(
          config.at(because), key, null, "missing, expected a file since " + because + " is set");
    }
  }

  private void keyNames() {
    Set<Object> seen = new HashSet<>();
    config
        .list("security.api-keys", java.util.Map.class)
        .forEach(
            key -> {
              if (!seen.add(key.get("name"))) {
                bad(
                    "security.api-keys",
                    String.valueOf(key.get("name")),
                    "expected names that differ");
              }
            });
  }

  private void functions() {
    Set<Object> ids = new HashSet<>();
    Set<String> sources = new HashSet<>();
    for (java.util.Map<?, ?> function : config.list("fn-lb.functions", java.util.Map.class)) {
      if (!ids.add(function.get("id"))) {
        bad("fn-lb.functions", String.valueOf(function.get("id")), "expected ids that differ");
      }
      if (function.get("triggers") instanceof List<?> triggers) {
        for (Object source : triggers) {
          String path = "/t/" + function.get("app") + source;
          if (!sources.add(path)) {
            bad("fn-lb.functions", path, "expected triggers that differ");
          }
        }
      }
    }
  }

  /** Two ports of one node on one address cannot both open. */
  private void ports() {
    record Listener(String key, String host, int port) {}
    List<Listener> listeners = new ArrayList<>();
    listeners.add(
        new Listener("cluster.port", config.text("cluster.host"), config.integer("cluster.port")));
    listeners.add(new Listener("bus.port", config.text("bus.host"), config.integer("bus.port")));
    for (Front front : Front.values()) {
      String key = front.key();
      if (front != Front.RPC && FrontSettings.isOpen(config, front)) {
        listeners.add(
            new Listener(key + ".port", config.text(key + ".host"), config.integer(key + ".port")));
      }
    }
    for (int i = 0; i < listeners.size(); i++) {
      for (int j = 0; j < i; j++) {
        Listener a = listeners.get(i);
        Listener b = listeners.get(j);
        if (a.port() != 0 && a.port() == b.port() && overlap(a.host(), b.host())) {
          bad(a.key(), String.valueOf(a.port()), "expected a port other than that of " + b.key());
        }
      }
    }
  }

  private static boolean overlap(String a, String b) {
    return a.equals(b) || isAny(a) || isAny(b);
  }

  private static boolean isAny(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  private void busWindows() {
    atLeast("bus.stream-window", "bus.frame");
    atLeast("bus.peer-window", "bus.stream-window");
    atLeast("bus.memory", "bus.peer-window");
    atLeast("runner.connection-window", "runner.stream-window");
    atLeast("runner.partial-messages", "runner.max-message");
    if (config.duration("cluster.lost-after").compareTo(config.duration("bus.probe")) < 0) {
      bad("bus.probe", null, "expected at most cluster.lost-after");
    }
  }

  private void atLeast(String larger, String smaller) {
    if (config.size(larger) < config.size(smaller)) {
      String value = Keys.ALL.find(larger).show(config.size(larger));
      bad(larger, value, "expected at least " + smaller);
    }
  }

  private void exposure() {
    boolean busTls = isSet("bus.tls.cert");
    boolean trusted = config.flag("cluster.trusted-network");
    for (String key : List.of("cluster.host", "bus.host")) {
      String host = config.text(key);
      String refused = ExposureRule.cluster(host, busTls, trusted);
      if (refused != null) {
        bad(key, host, refused);
      }
    }
    boolean keys = !config.list("security.api-keys", java.util.Map.class).isEmpty();
    for (Front front : Front.values()) {
      if (front == Front.RPC || !FrontSettings.isOpen(config, front)) {
        continue;
      }
      boolean tokens =
          front == Front.FALCON && !config.list("falcon.tokens", String.class).isEmpty();
      String host = config.text(front.key() + ".host");
      String refused =
          ExposureRule.front(
              host,
              tokens || (keys && front.takesApiKeys()),
              isSet("security.tls." + front.key() + ".cert") && !alsoClear(front),
              config.flag(front.key() + ".insecure"));
      if (refused != null) {
        bad(front.key() + ".host", host, refused);
      }
    }
  }
}
