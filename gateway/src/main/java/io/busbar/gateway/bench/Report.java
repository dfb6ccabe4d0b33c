package io.busbar.gateway.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The outcome of one benchmark: facts of the run, rows of figures, and ratios with their targets.
 */
final class Report {
  private final String title;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final List<Map<String, Object>> ratios = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  Report(String title) {
    this.title = title;
    Runtime runtime = Runtime.getRuntime();
    fact("processors", Integer.toString(runtime.availableProcessors()));
    fact("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    fact("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    fact("load at start", String.format(Locale.ROOT, "%.1f", load));
  }

  void fact(String name, String value) {
    facts.put(name, value);
  }

  /** A row of names and figures; all rows have the same names. */
  void row(Object... namesAndValues) {
    rows.add(map(namesAndValues));
  }

  /** A ratio that should be at least the target. */
  void atLeast(String name, double value, double target) {
    ratio(name, value, target, value >= target, "at least");
  }

  /** A ratio or figure that should be at most the target. */
  void atMost(String name, double value, double target) {
    ratio(name, value, target, value <= target, "at most");
  }

  private void ratio(String name, double value, double target, boolean met, String word) {
    ratios.add(map("ratio", name, "value", value, "expected", word, "target", target, "met", met));
  }

  /** Text that stands under the tables. */
  void note(String text) {
    notes.add(text);
  }

  void problem(String what) {
    problems.add(what);
  }

  boolean failed() {
    return !problems.isEmpty();
  }

  String text() {
    StringBuilder out = new StringBuilder(title).append('\n');
    facts.forEach(
        (name, value) -> out.append("  ").append(name).append(": ").append(value).append('\n'));
    table(out, rows);
    table(out, ratios);
    notes.forEach(out::append);
    problems.forEach(problem -> out.append("FAILED ").append(problem).append('\n'));
    return out.toString();
  }

  String json() {
    return new JsonObject()
        .put("benchmark", title)
        .put("facts", new JsonObject(new LinkedHashMap<>(facts)))
        .put("rows", array(rows))
        .put("ratios", array(ratios))
        .put("notes", new JsonArray(notes))
        .put("problems", new JsonArray(problems))
        .encode();
  }

  private static JsonArray array(List<Map<String, Object>> maps) {
    JsonArray array = new JsonArray();
    maps.forEach(map -> array.add(new JsonObject(map)));
    return array;
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static void table(StringBuilder out, List<Map<String, Object>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    out.append('\n');
    List<String> names = List.copyOf(rows.get(0).keySet());
    List<List<String>> lines = new ArrayList<>();
    lines.add(names);
    rows.forEach(row -> lines.add(names.stream().map(name -> shown(row.get(name))).toList()));
    int[] widths = new int[names.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - line.get(i).length());
        text.append(i == 0 ? line.get(i) + pad : "  " + pad + line.get(i));
      }
      out.append(text.toString().stripTrailing()).append('\n');
    }
  }

  private static String shown(Object value) {
    if (value instanceof Double number) {
      return String.format(Locale.ROOT, number >= 1000 ? "%.0f" : "%.2f", number);
    }
    if (value instanceof Boolean yes) {
      return yes ? "yes" : "no";
    }
    return String.valueOf(value);
  }
}
