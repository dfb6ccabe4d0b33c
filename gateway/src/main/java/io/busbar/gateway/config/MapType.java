package io.busbar.gateway.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Values of one type under names that the user chooses; the Java value is an ordered map. */
record MapType(String names, Pattern allowed, KeyType value) implements KeyType {

  @Override
  public String label() {
    return "map of " + names + " to " + value.label();
  }

  @Override
  public String unit() {
    return value.unit();
  }

  @Override
  public String expected() {
    return names + ": value lines, each " + value.expected();
  }

  @Override
  public Object read(YamlNode node, String key, boolean secret, Problems problems) {
    if (!(node instanceof YamlNode.Mapping mapping)) {
      problems.add(node.at(), key, secret ? Key.MASK : node.brief(), "expected " + expected());
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    boolean sound = true;
    for (Map.Entry<String, YamlNode> entry : mapping.entries().entrySet()) {
      if (!allowed.matcher(entry.getKey()).matches()) {
        problems.add(
            mapping.places().get(entry.getKey()), key, entry.getKey(), "expected " + names);
        sound = false;
        continue;
      }
      Object read = value.read(entry.getValue(), key + "." + entry.getKey(), secret, problems);
      sound &= read != null;
      values.put(entry.getKey(), read);
    }
    return sound ? Collections.unmodifiableMap(values) : null;
  }

  @Override
  public String show(Object shown) {
    return ((Map<?, ?>) shown)
        .entrySet().stream()
            .map(e -> Yaml.quote(e.getKey().toString()) + ": " + value.show(e.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
  }
}
