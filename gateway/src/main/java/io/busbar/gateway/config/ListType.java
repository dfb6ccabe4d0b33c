package io.busbar.gateway.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Several values of one type; the Java value is an immutable {@code List}. */
record ListType(KeyType item, int max) implements KeyType {

  @Override
  public String label() {
    return "list of " + item.label();
  }

  @Override
  public String unit() {
    return item.unit();
  }

  @Override
  public String expected() {
    return "a list, each " + item.expected();
  }

  @Override
  public Object read(YamlNode node, String key, boolean secret, Problems problems) {
    if (!(node instanceof YamlNode.Sequence sequence)) {
      problems.add(node.at(), key, secret ? Key.MASK : node.brief(), "expected " + expected());
      return null;
    }
    if (sequence.items().size() > max) {
      problems.add(node.at(), key, sequence.items().size() + " entries", "expected at most " + max);
      return null;
    }
    List<Object> values = new ArrayList<>();
    boolean sound = true;
    for (int i = 0; i < sequence.items().size(); i++) {
      Object value = item.read(sequence.items().get(i), key + "[" + i + "]", secret, problems);
      sound &= value != null;
      values.add(value);
    }
    return sound ? List.copyOf(values) : null;
  }

  @Override
  public String show(Object value) {
    return ((List<?>) value).stream().map(item::show).collect(Collectors.joining(", ", "[", "]"));
  }
}
