package io.busbar.gateway.cli;

import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The flags that make up a node's configuration; a mix-in of {@code serve} and {@code config}. */
public final class ConfigOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file; conf/busbar.yaml shows every key.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "One key, the value in YAML: --set 'cluster.join=[a:5701, b:5701]'. Repeatable.")
  private List<String> sets = new ArrayList<>();

  @Option(names = "--name", paramLabel = "NODE", description = "Name of the node (node.name).")
  private String name;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT,...",
      description = "Members of the cluster to join (cluster.join).")
  private String join;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "0",
      description = "Added to each port of this node that is not 0.")
  private int portOffset;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Durable records (node.data-dir).")
  private String dataDir;

  @Option(
      names = "--plugin",
      paramLabel = "JAR|SAMPLE",
      description = "A plugin to add: jar, class name or sample such as echo. Repeatable.")
  private List<String> plugins = new ArrayList<>();

  /** What the flags and this process's environment say. */
  public ConfigSources sources() {
    return new ConfigSources(file, System.getenv(), sets, name, join, dataDir, plugins, portOffset);
  }

  /**
   * Reads and checks the configuration.
   *
   * @throws io.busbar.gateway.config.ConfigException listing all that is wrong; the command line
   *     prints it and ends with exit code 2
   */
  public Config load() {
    return ConfigLoader.load(sources());
  }
}
