package io.busbar.gateway.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A group of named fields; the Java value is a map of field name to value, absent fields left out.
 *
 * @param shorthand field that a bare value stands for, null = a bare value is refused
 * @param required fields that must be present
 */
record ObjectType(String label, List<Key> fields, String shorthand, List<String> required)
    implements KeyType {

  @Override
  public String unit() {
    return "";
  }

  @Override
  public String expected() {
    String shape =
        fields.stream()
            .map(f -> f.path() + (required.contains(f.path()) ? "" : "?"))
            .collect(Collectors.joining(", ", "{", "}"));
    return shorthand == null ? shape : shape + " or the " + shorthand + " alone";
  }

  @Override
  public Object read(YamlNode node, String key, boolean secret, Problems problems) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (node instanceof YamlNode.Scalar scalar && shorthand != null && !scalar.isNull()) {
      Key field = field(shorthand);
      Object value = field.type().read(node, key, field.secret(), problems);
      return value == null ? null : Map.of(shorthand, value);
    }
    if (!(node instanceof YamlNode.Mapping mapping)) {
      problems.add(node.at(), key, secret ? Key.MASK : node.brief(), "expected " + expected());
      return null;
    }
    boolean sound = true;
    for (Map.Entry<String, YamlNode> entry : mapping.entries().entrySet()) {
      String name = entry.getKey();
      Key field = field(name);
      if (field == null) {
        problems.add(
            mapping.places().get(name), key + "." + name, null, "unknown, expected " + expected());
        sound = false;
        continue;
      }
      Object value =
          field.type().read(entry.getValue(), key + "." + name, field.secret(), problems);
      sound &= value != null;
      values.put(name, value);
    }
    for (String name : required) {
      if (!mapping.entries().containsKey(name)) {
        problems.add(node.at(), key + "." + name, null, "missing, expected " + expected());
        sound = false;
      }
    }
    return sound ? Collections.unmodifiableMap(values) : null;
  }

  private Key field(String name) {
    return fields.stream().filter(f -> f.path().equals(name)).findFirst().orElse(null);
  }

  @Override
  public String show(Object shown) {
    return ((Map<?, ?>) shown)
        .entrySet().stream()
            .map(
                e -> {
                  Key field = field(e.getKey().toString());
                  return e.getKey() + ": " + field.show(e.getValue());
                })
            .collect(Collectors.joining(", ", "{", "}"));
  }
}
