package io.busbar.gateway.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a configuration is read from, weakest first.
 *
 * @param file null = none
 * @param environment all variables of the process; only {@code BUSBAR_*} are looked at
 * @param sets {@code KEY=VALUE} flags, the value in YAML
 * @param name flag {@code --name}, null = not given
 * @param join flag {@code --join}, null = not given
 * @param dataDir flag {@code --data-dir}, null = not given
 * @param plugins flags {@code --plugin}, added to the plugins of the other sources
 * @param portOffset added to each port of this node that is not 0
 */
public record ConfigSources(
    Path file,
    Map<String, String> environment,
    List<String> sets,
    String name,
    String join,
    String dataDir,
    List<String> plugins,
    int portOffset) {

  /** Largest port offset. */
  public static final int MAX_PORT_OFFSET = 60_000;

  /** Defaults only. */
  public static final ConfigSources NONE =
      new ConfigSources(null, Map.of(), List.of(), null, null, null, List.of(), 0);

  public ConfigSources {
    environment = Map.copyOf(environment);
    sets = List.copyOf(sets);
    plugins = List.copyOf(plugins);
  }

  public ConfigSources withFile(Path path) {
    return new ConfigSources(path, environment, sets, name, join, dataDir, plugins, portOffset);
  }

  public ConfigSources withEnvironment(Map<String, String> variables) {
    return new ConfigSources(file, variables, sets, name, join, dataDir, plugins, portOffset);
  }

  public ConfigSources withSets(String... keyValues) {
    return new ConfigSources(
        file, environment, List.of(keyValues), name, join, dataDir, plugins, portOffset);
  }

  public ConfigSources withName(String node) {
    return new ConfigSources(file, environment, sets, node, join, dataDir, plugins, portOffset);
  }

  public ConfigSources withPlugins(String... uses) {
    return new ConfigSources(
        file, environment, sets, name, join, dataDir, List.of(uses), portOffset);
  }

  public ConfigSources withPortOffset(int offset) {
    return new ConfigSources(file, environment, sets, name, join, dataDir, plugins, offset);
  }
}
