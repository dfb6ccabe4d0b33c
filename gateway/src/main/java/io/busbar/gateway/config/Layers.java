package io.busbar.gateway.config;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Lays sources over each other, later ones winning, and checks each against the reference. */
final class Layers {

  /** A value and where it came from. */
  record Setting(Object value, Origin origin, Position at) {}

  private final Keys keys;
  private final Problems problems;
  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private final Map<String, Set<String>> names = new LinkedHashMap<>();

  Layers(Keys keys, Problems problems) {
    this.keys = keys;
    this.problems = problems;
  }

  /** By full path. */
  Map<String, Setting> settings() {
    return settings;
  }

  /** The names that users chose, by section. */
  Map<String, Set<String>> names() {
    return names;
  }

  void name(String section, String name) {
    names.computeIfAbsent(section, s -> new TreeSet<>()).add(name);
  }

  /** Takes a whole document; null = empty. */
  void document(YamlNode root, Origin.Kind kind) {
    if (root instanceof YamlNode.Mapping mapping) {
      section("", mapping, kind);
    } else if (root != null && !(root instanceof YamlNode.Scalar scalar && scalar.isNull())) {
      problems.add(root.at(), "", root.brief(), "expected a file of sections and keys");
    }
  }

  /** Takes one value under its full path. */
  void value(String path, YamlNode node, Origin.Kind kind) {
    Key key = keys.find(path);
    boolean nothing = node instanceof YamlNode.Scalar scalar && scalar.isNull();
    if (key != null) {
      if (nothing) {
        settings.remove(path);
      } else {
        Object value = key.type().read(node, path, key.secret(), problems);
        if (value != null) {
          set(path, value, kind, node.at());
        }
      }
    } else if (!keys.isSection(path)) {
      unknown(path, node.at());
    } else {
      remember(path);
      if (node instanceof YamlNode.Mapping mapping) {
        section(path, mapping, kind);
      } else if (!nothing) {
        problems.add(
            node.at(),
            path,
            node.brief(),
            "expected a section with " + String.join(", ", keys.namesBelow(path)));
      }
    }
  }

  void set(String path, Object value, Origin.Kind kind, Position at) {
    remember(path);
    settings.put(path, new Setting(value, new Origin(kind, at.toString()), at));
  }

  private void section(String path, YamlNode.Mapping mapping, Origin.Kind kind) {
    mapping
        .entries()
        .forEach(
            (name, node) -> {
              String below = path.isEmpty() ? name : path + "." + name;
              boolean dotted = name.indexOf('.') >= 0;
              if (dotted || (keys.find(below) == null && !keys.isSection(below))) {
                unknown(below, mapping.places().get(name));
              } else {
                value(below, node, kind);
              }
            });
  }

  private void unknown(String path, Position at) {
    int dot = path.lastIndexOf('.');
    String parent = dot < 0 ? "" : path.substring(0, dot);
    if (keys.takesNames(parent) && keys.namesBelow(parent).isEmpty()) {
      problems.add(at, path, null, "expected " + Keys.NAME_EXPECTED);
      return;
    }
    String closest = closest(path);
    problems.add(
        at,
        path,
        null,
        "unknown key"
            + (closest == null ? "" : ", did you mean " + closest + "?")
            + " (busbar config reference lists all)");
  }

  /** Remembers the chosen name in a path such as {@code pools.echo.queue}. */
  private void remember(String path) {
    for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      String section = path.substring(0, dot);
      if (keys.takesNames(section)) {
        int end = path.indexOf('.', dot + 1);
        String name = path.substring(dot + 1, end < 0 ? path.length() : end);
        if (!keys.namesBelow(section).contains(name)) {
          name(section, name);
        }
      }
    }
  }

  private String closest(String path) {
    String best =
        keys.paths(names).stream()
            .min(Comparator.comparingInt(p -> Spelling.distance(path, p)))
            .orElse("");
    String last = path.substring(path.lastIndexOf('.') + 1);
    if (Spelling.distance(path, best) <= Math.max(2, last.length() / 2)) {
      return best;
    }
    return keys.paths(names).stream()
        .filter(p -> p.startsWith(path) || p.endsWith("." + last))
        .findFirst()
        .orElse(null);
  }
}
