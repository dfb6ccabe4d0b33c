package io.busbar.gateway.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that one run names all of it. */
final class Problems {

  private static final int MAX = 100;
  private final List<Problem> list = new ArrayList<>();

  void add(Position at, String key, String value, String expected) {
    if (list.size() < MAX) {
      list.add(new Problem(at, key, value, expected));
    } else if (list.size() == MAX) {
      list.add(
          new Problem(at, "", null, "more problems follow; only the first " + MAX + " are shown"));
    }
  }

  void addAll(List<Problem> more) {
    more.forEach(p -> add(p.at(), p.key(), p.value(), p.expected()));
  }

  boolean isEmpty() {
    return list.isEmpty();
  }

  /** Throws if there is any. */
  void raise() {
    if (!list.isEmpty()) {
      throw new ConfigException(list);
    }
  }
}
