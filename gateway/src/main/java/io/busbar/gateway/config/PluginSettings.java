package io.busbar.gateway.config;

import java.util.List;
import java.util.Map;

/**
 * One entry of {@code plugins}.
 *
 * @param use jar, class name or name of a sample
 * @param config the plugin's own block, values as in JSON
 */
public record PluginSettings(String use, Map<String, Object> config) {
  @SuppressWarnings("unchecked") // the reference says: a block
  static List<PluginSettings> of(Config c) {
    return c.list("plugins", Map.class).stream()
        .map(
            plugin ->
                new PluginSettings(
                    (String) plugin.get("use"),
                    (Map<String, Object>) plugin.getOrDefault("config", Map.of())))
        .toList();
  }

  /** Without the block, which may hold secrets. */
  @Override
  public String toString() {
    return "PluginSettings[" + use + "]";
  }
}
