package io.busbar.gateway.config;

import java.util.List;
import java.util.Map;

/** A value as written, with the place where it stands. */
sealed interface YamlNode {

  /** Where the value stands. */
  Position at();

  /** A single value; {@code plain} = written without quotes. */
  record Scalar(String text, boolean plain, Position at) implements YamlNode {
    /** Nothing written: the key keeps its default. */
    boolean isNull() {
      return plain
          && (text.isEmpty() || text.equals("~") || text.equals("null") || text.equals("Null"));
    }
  }

  /** A list. */
  record Sequence(List<YamlNode> items, Position at) implements YamlNode {}

  /** Named values in the order written; {@code places} = where each name stands. */
  record Mapping(Map<String, YamlNode> entries, Map<String, Position> places, Position at)
      implements YamlNode {}

  /** How the value looks in a message. */
  default String brief() {
    if (this instanceof Scalar scalar) {
      return scalar.text();
    }
    return this instanceof Sequence ? "[…]" : "{…}";
  }
}
