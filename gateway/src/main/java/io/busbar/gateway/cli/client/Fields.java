package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;

/** One document as lines of name and value. */
final class Fields {
  private Fields() {}

  static void print(JsonObject document, boolean json, PrintWriter out) {
    if (json) {
      out.println(document.encode());
      out.flush();
      return;
    }
    int width = document.fieldNames().stream().mapToInt(String::length).max().orElse(0);
    for (Map.Entry<String, Object> field : document) {
      Object value = field.getValue();
      String text = value instanceof JsonObject nested ? pairs(nested) : String.valueOf(value);
      out.println(
          field.getKey()
              + " ".repeat(width - field.getKey().length() + 2)
              + (text.isEmpty() ? "-" : text));
    }
    out.flush();
  }

  private static String pairs(JsonObject nested) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Object> field : nested) {
      text.append(text.length() == 0 ? "" : " ");
      text.append(field.getKey()).append('=').append(field.getValue());
    }
    return text.toString();
  }
}
