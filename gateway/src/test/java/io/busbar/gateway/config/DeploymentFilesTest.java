package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files under conf/ fit what the product understands. */
class DeploymentFilesTest {

  private static final Path TOP = Path.of("").toAbsolutePath().getParent();

  private static String conf(String name) {
    try {
      return Files.readString(TOP.resolve("conf").resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Object documents(String name) {
    List<Object> all = new java.util.ArrayList<>();
    new Load(LoadSettings.builder().build()).loadAllFromString(conf(name)).forEach(all::add);
    return all;
  }

  private static void collect(Object node, Map<String, String> environment) {
    if (node instanceof List<?> list) {
      list.forEach(item -> collect(item, environment));
    } else if (node instanceof Map<?, ?> map) {
      if (map.get("name") instanceof String name && name.startsWith("BUSBAR_")) {
        Object value = map.get("value");
        environment.put(
            name,
            value == null
                ? "[{name: ops, key: 'sha256:" + "0".repeat(64) + "', roles: [call, operate]}]"
                : value.toString().replace("$(POD_IP)", "10.1.2.3"));
      }
      map.values().forEach(value -> collect(value, environment));
    }
  }

  @Test
  void theVariablesOfTheStatefulSetMakeASoundNode() {
    Map<String, String> environment = new HashMap<>(Map.of("HOSTNAME", "busbar-0"));
    collect(documents("kubernetes.yaml"), environment);
    assertTrue(environment.size() > 10);
    Config config = ConfigLoader.load(ConfigSources.NONE.withEnvironment(environment));
    assertEquals(List.of(), config.warnings());
    assertEquals(3, config.cluster().join().size());
    assertEquals("10.1.2.3", config.bus().host());
    assertEquals("ops", config.security().apiKeys().get(0).name());
  }

  @Test
  void theVariablesOfTheUnitAreKeys() {
    Map<String, String> environment =
        conf("busbar.service")
            .lines()
            .filter(line -> line.startsWith("Environment="))
            .map(line -> line.substring("Environment=".length()).split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    assertEquals(
        List.of(), ConfigLoader.load(ConfigSources.NONE.withEnvironment(environment)).warnings());
  }

  @Test
  void prometheusScrapesTheManagementPort() {
    String text = documents("prometheus.yml").toString();
    assertTrue(text.contains("metrics_path=/metrics"), text);
    assertTrue(text.contains("127.0.0.1:" + Keys.ALL.find("management.port").standard()), text);
  }

  @Test
  void theDashboardShowsOnlyMetersThatExist() throws IOException {
    JsonObject dashboard = new JsonObject(conf("grafana-dashboard.json"));
    Set<String> meters = new TreeSet<>();
    Matcher name = Pattern.compile("busbar_[a-z_]+").matcher(dashboard.encode());
    while (name.find()) {
      meters.add(
          name.group()
              .replaceAll("_seconds_(sum|count)$|(_bytes)?_total$|_bytes$", "")
              .replace('_', '.'));
    }
    String sources = sources();
    for (String meter : meters) {
      boolean known =
          Stream.of(meter, meter + ".bytes", meter + ".total")
              .anyMatch(m -> sources.contains("\"" + m + "\""));
      assertTrue(known, meter);
    }
    assertFalse(meters.isEmpty());
  }

  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String module : List.of("proto", "verticles", "gateway")) {
      try (Stream<Path> files = Files.walk(TOP.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          all.append(Files.readString(file));
        }
      }
    }
    return all.toString();
  }
}
