package io.busbar.gateway.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A block that somebody else checks, such as a plugin's own: values as YAML's core types. */
record FreeType() implements KeyType {

  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,40}");
  private static final Pattern REAL =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?");

  @Override
  public String label() {
    return "block";
  }

  @Override
  public String unit() {
    return "";
  }

  @Override
  public String expected() {
    return "a section of names and values";
  }

  @Override
  public Object read(YamlNode node, String key, boolean secret, Problems problems) {
    if (!(node instanceof YamlNode.Mapping)) {
      problems.add(node.at(), key, secret ? Key.MASK : node.brief(), "expected " + expected());
      return null;
    }
    return value(node);
  }

  private static Object value(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      Map<String, Object> values = new LinkedHashMap<>();
      mapping.entries().forEach((name, entry) -> values.put(name, value(entry)));
      return Collections.unmodifiableMap(values);
    }
    if (node instanceof YamlNode.Sequence sequence) {
      List<Object> values = new ArrayList<>();
      sequence.items().forEach(item -> values.add(value(item)));
      return Collections.unmodifiableList(values);
    }
    YamlNode.Scalar scalar = (YamlNode.Scalar) node;
    return scalar.plain() ? plain(scalar) : scalar.text();
  }

  private static Object plain(YamlNode.Scalar scalar) {
    String text = scalar.text();
    if (scalar.isNull()) {
      return null;
    }
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    if (INTEGER.matcher(text).matches()) {
      BigInteger number = new BigInteger(text);
      return number.bitLength() < 64 ? (Object) number.longValue() : number;
    }
    return REAL.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
  }

  @Override
  public String show(Object shown) {
    if (shown instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> Yaml.quote(e.getKey().toString()) + ": " + show(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (shown instanceof List<?> list) {
      return list.stream().map(this::show).collect(Collectors.joining(", ", "[", "]"));
    }
    return shown == null ? "null" : Yaml.quote(shown.toString());
  }
}
