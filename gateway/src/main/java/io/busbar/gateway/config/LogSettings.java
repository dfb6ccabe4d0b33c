package io.busbar.gateway.config;

import java.util.Map;

/**
 * {@code log.*}.
 *
 * @param json one JSON object per line instead of text
 * @param level least severe level that is logged
 * @param levels level of single loggers
 */
public record LogSettings(boolean json, String level, Map<String, String> levels) {
  @SuppressWarnings("unchecked") // the reference says: a map of enum
  static LogSettings of(Config c) {
    return new LogSettings(
        c.text("log.format").equals("json"),
        c.text("log.level"),
        (Map<String, String>) c.get("log.levels", Map.class));
  }
}
