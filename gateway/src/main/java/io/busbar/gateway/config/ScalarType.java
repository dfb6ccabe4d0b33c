package io.busbar.gateway.config;

import java.util.function.Function;

/**
 * A single value.
 *
 * @param parse gives null for text that it refuses
 */
record ScalarType(
    String label,
    String unit,
    String expected,
    Class<?> javaType,
    Function<String, Object> parse,
    Function<Object, String> display)
    implements KeyType {

  @Override
  public Object read(YamlNode node, String key, boolean secret, Problems problems) {
    Object value = node instanceof YamlNode.Scalar scalar ? parse.apply(scalar.text()) : null;
    if (value == null) {
      problems.add(node.at(), key, secret ? Key.MASK : node.brief(), "expected " + expected);
    }
    return value;
  }

  @Override
  public String show(Object value) {
    return Yaml.quote(display.apply(value));
  }
}
