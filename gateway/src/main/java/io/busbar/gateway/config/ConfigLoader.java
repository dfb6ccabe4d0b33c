package io.busbar.gateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads a configuration: file, then environment, then flags, each over the one before. */
public final class ConfigLoader {

  /** Variables that mean something to the command line and are no keys. */
  private static final Set<String> KNOWN =
      Set.of("BUSBAR_URL", "BUSBAR_API_KEY", "BUSBAR_JAVA_OPTS", "BUSBAR_DEBUG");

  private static final String PREFIX = "BUSBAR_";

  private final ConfigSources sources;
  private final Problems problems = new Problems();
  private final List<String> warnings = new ArrayList<>();
  private final Layers layers = new Layers(Keys.ALL, problems);

  private ConfigLoader(ConfigSources sources) {
    this.sources = sources;
  }

  /**
   * Reads and checks everything. Blocks on file and host name look-ups: not for event loops.
   *
   * @throws ConfigException listing all that is wrong
   */
  public static Config load(ConfigSources sources) {
    return new ConfigLoader(sources).load();
  }

  private Config load() {
    if (sources.file() != null) {
      file(sources.file());
    }
    environment();
    flags();
    layers.name("pools", "default");
    Config config = Completion.complete(layers, sources, warnings, problems);
    problems.raise();
    CrossChecks.run(config, problems);
    problems.raise();
    return config;
  }

  private void file(Path file) {
    Position at = new Position(file.toString(), 0);
    try {
      layers.document(YamlReader.read(file.toString(), true, text(file)), Origin.Kind.FILE);
    } catch (ConfigException e) {
      problems.addAll(e.problems());
    } catch (NoSuchFileException e) {
      problems.add(at, "", null, "no such file, expected a YAML file");
    } catch (CharacterCodingException e) {
      problems.add(at, "", null, "not UTF-8 text, expected a YAML file");
    } catch (IOException e) {
      problems.add(at, "", null, "cannot be read (" + e.getMessage() + "), expected a YAML file");
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(YamlReader.MAX_CHARS + 1);
      if (bytes.length > YamlReader.MAX_CHARS) {
        throw new ConfigException(
            new Problem(
                new Position(file.toString(), 0), "", "the file", "expected at most 1 MiB"));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private void environment() {
    Map<String, String> paths = new LinkedHashMap<>();
    layers.name("pools", "default");
    for (String path : Keys.ALL.paths(layers.names())) {
      paths.put(Key.environment(path), path);
    }
    Set<String> strangers = new TreeSet<>();
    sources
        .environment()
        .forEach(
            (variable, text) -> {
              String path = paths.get(variable);
              if (path != null) {
                variable(variable, path, text);
              } else if (variable.startsWith(PREFIX) && !KNOWN.contains(variable)) {
                strangers.add(variable);
              }
            });
    if (!strangers.isEmpty()) {
      warnings.add(
          "environment variables that are no configuration key, ignored: "
              + String.join(", ", strangers));
    }
  }

  private void variable(String variable, String path, String text) {
    Position at = new Position(variable, 0);
    KeyType type = Keys.ALL.find(path).type();
    if (type instanceof ScalarType) {
      if (!text.isEmpty()) {
        layers.value(path, new YamlNode.Scalar(text, false, at), Origin.Kind.ENV);
      }
    } else if (type instanceof ListType list && commaSeparated(list, text)) {
      layers.value(path, split(text, at), Origin.Kind.ENV);
    } else {
      yaml(variable, path, text, Origin.Kind.ENV);
    }
  }

  /** Lists of groups are written in YAML, unless the text is plain short forms. */
  private static boolean commaSeparated(ListType list, String text) {
    return list.item() instanceof ScalarType
        || (list.item() instanceof ObjectType group
            && group.shorthand() != null
            && !text.stripLeading().startsWith("["))
        || text.isBlank();
  }

  static YamlNode split(String text, Position at) {
    List<YamlNode> items = new ArrayList<>();
    for (String item : text.split(",", -1)) {
      if (!item.isBlank()) {
        items.add(new YamlNode.Scalar(item.strip(), false, at));
      }
    }
    return new YamlNode.Sequence(items, at);
  }

  private void yaml(String source, String path, String text, Origin.Kind kind) {
    try {
      YamlNode node = YamlReader.read(source, false, text);
      Position at = new Position(source, 0);
      layers.value(path, node == null ? new YamlNode.Scalar("", true, at) : node, kind);
    } catch (ConfigException e) {
      problems.addAll(e.problems());
    }
  }

  private void flags() {
    for (String set : sources.sets()) {
      int equals = set.indexOf('=');
      if (equals < 1) {
        problems.add(new Position("--set", 0), "", set, "expected KEY=VALUE");
        continue;
      }
      String path = set.substring(0, equals).strip();
      yaml("--set " + path, path, set.substring(equals + 1), Origin.Kind.FLAG);
    }
    flag("--name", "node.name", sources.name());
    flag("--data-dir", "node.data-dir", sources.dataDir());
    if (sources.join() != null) {
      Position at = new Position("--join", 0);
      layers.value("cluster.join", split(sources.join(), at), Origin.Kind.FLAG);
    }
    if (!sources.plugins().isEmpty()) {
      addPlugins();
    }
    int offset = sources.portOffset();
    if (offset < 0 || offset > ConfigSources.MAX_PORT_OFFSET) {
      problems.add(
          new Position("--port-offset", 0),
          "",
          String.valueOf(offset),
          "expected 0 to " + ConfigSources.MAX_PORT_OFFSET);
    }
  }

  private void flag(String flag, String path, String text) {
    if (text != null) {
      Position at = new Position(flag, 0);
      layers.value(path, new YamlNode.Scalar(text, false, at), Origin.Kind.FLAG);
    }
  }

  private void addPlugins() {
    Position at = new Position("--plugin", 0);
    List<Object> all = new ArrayList<>();
    Layers.Setting earlier = layers.settings().get("plugins");
    if (earlier != null) {
      all.addAll((List<?>) earlier.value());
    }
    for (String use : sources.plugins()) {
      if (use.isBlank()) {
        problems.add(at, "plugins", use, "expected a jar, class name or sample");
      } else {
        all.add(Map.of("use", use));
      }
    }
    layers.set("plugins", List.copyOf(all), Origin.Kind.FLAG, at);
  }
}
