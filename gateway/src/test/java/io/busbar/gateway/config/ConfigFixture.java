package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Short ways to load a configuration in tests, cut off from the machine's own environment. */
final class ConfigFixture {

  private ConfigFixture() {}

  static final ConfigSources NOTHING =
      ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", "box"));

  static Config file(Path directory, String yaml) {
    return ConfigLoader.load(NOTHING.withFile(write(directory, yaml)));
  }

  static Path write(Path directory, String yaml) {
    try {
      return Files.writeString(directory.resolve("busbar.yaml"), yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Config sets(String... keyValues) {
    return ConfigLoader.load(NOTHING.withSets(keyValues));
  }

  static Config environment(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>(Map.of("HOSTNAME", "box"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ConfigLoader.load(ConfigSources.NONE.withEnvironment(variables));
  }

  /** The problems, one line each, the directory of the file left out. */
  static List<String> problems(ConfigSources sources) {
    return assertThrows(ConfigException.class, () -> ConfigLoader.load(sources)).problems().stream()
        .map(Problem::toString)
        .map(line -> line.replaceAll("^/[^: ]*/", ""))
        .toList();
  }

  static List<String> problemsOfFile(Path directory, String yaml) {
    return problems(NOTHING.withFile(write(directory, yaml)));
  }

  static List<String> problemsOfSets(String... keyValues) {
    return problems(NOTHING.withSets(keyValues));
  }
}
