package io.busbar.juniper.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fields of a message as a peer sent them; what does not fit counts as missing. */
final class Fields {
  private final Map<String, ?> fields;

  Fields(Map<String, ?> fields) {
    this.fields = fields;
  }

  static Fields of(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, field) -> fields.put(String.valueOf(key), field));
    }
    return new Fields(fields);
  }

  Map<String, Object> all() {
    return new LinkedHashMap<>(fields);
  }

  String text(String name, String otherwise) {
    return fields.get(name) instanceof String text ? text : otherwise;
  }

  /** Null = none. */
  Double number(String name) {
    return fields.get(name) instanceof Number number ? Double.valueOf(number.doubleValue()) : null;
  }

  double number(String name, double otherwise) {
    Double number = number(name);
    return number == null ? otherwise : number;
  }

  /** Null = none. */
  Integer whole(String name) {
    return fields.get(name) instanceof Number number ? Integer.valueOf(number.intValue()) : null;
  }

  int whole(String name, int otherwise) {
    Integer number = whole(name);
    return number == null ? otherwise : number;
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(fields.get(name));
  }

  List<Double> numbers(String name) {
    return numbers(fields.get(name));
  }

  static List<Double> numbers(Object value) {
    List<Double> numbers = new ArrayList<>();
    for (Object each : list(value)) {
      numbers.add(each instanceof Number number ? number.doubleValue() : Double.NaN);
    }
    return numbers;
  }

  List<?> list(String name) {
    return list(fields.get(name));
  }

  private static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  Fields inner(String name) {
    return of(fields.get(name));
  }
}
