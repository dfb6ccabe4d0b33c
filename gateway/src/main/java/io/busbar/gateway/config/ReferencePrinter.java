package io.busbar.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Prints the reference of all keys in the form asked for. */
public final class ReferencePrinter {

  /** Forms of the reference. */
  public enum Format {
    text,
    json,
    yaml,
    markdown
  }

  private ReferencePrinter() {}

  /** The whole reference, ending in a line break. */
  public static String print(Format format) {
    return switch (format) {
      case text -> text();
      case json -> json();
      case yaml -> SampleFile.print(Keys.ALL);
      case markdown -> markdown();
    };
  }

  private static String text() {
    StringBuilder out = new StringBuilder();
    for (Key key : Keys.ALL.list()) {
      out.append(key.path()).append('\n');
      out.append("    ").append(key.meaning()).append('\n');
      out.append("    expected ").append(key.type().expected());
      out.append("; default ").append(key.defaultText());
      out.append("; ").append(Key.environment(key.path())).append('\n');
    }
    return out.toString();
  }

  private static String json() {
    JsonArray list = new JsonArray();
    for (Key key : Keys.ALL.list()) {
      list.add(
          new JsonObject()
              .put("key", key.path())
              .put("type", key.type().label())
              .put("unit", key.type().unit())
              .put("expected", key.type().expected())
              .put("default", key.standard() == null ? null : key.type().show(key.standard()))
              .put("note", key.note())
              .put("secret", key.secret())
              .put("environment", Key.environment(key.path()))
              .put("meaning", key.meaning()));
    }
    return list.encodePrettily() + "\n";
  }

  private static String markdown() {
    StringBuilder out =
        new StringBuilder("| key | type | default | meaning |\n|---|---|---|---|\n");
    for (Key key : Keys.ALL.list()) {
      String standard =
          key.standard() == null ? key.note() : "`" + key.type().show(key.standard()) + "`";
      out.append("| `").append(key.path()).append("` | ").append(cell(key.type().label()));
      out.append(" | ").append(cell(standard)).append(" | ").append(cell(key.meaning()));
      out.append(" |\n");
    }
    return out.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
