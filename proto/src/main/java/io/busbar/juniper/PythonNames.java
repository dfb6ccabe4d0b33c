package io.busbar.juniper;

import java.util.List;
import java.util.Map;

/** What Python calls the types of JSON values, for messages that peers match on. */
public final class PythonNames {

  private PythonNames() {}

  public static String typeOf(Object value) {
    if (value == null) {
      return "NoneType";
    }
    if (value instanceof Map<?, ?>) {
      return "dict";
    }
    if (value instanceof List<?>) {
      return "list";
    }
    if (value instanceof String) {
      return "str";
    }
    if (value instanceof Boolean) {
      return "bool";
    }
    return value instanceof Double || value instanceof Float ? "float" : "int";
  }
}
