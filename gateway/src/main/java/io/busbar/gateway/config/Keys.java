package io.busbar.gateway.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Every configuration key of a node, declared once. The loader checks against this list, and the
 * reference, the sample file and the documentation are printed from it. Immutable.
 */
public final class Keys {

  /** All of them. */
  public static final Keys ALL = define();

  /** What a name chosen by the user (a pool, a channel) may look like. */
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  static final String NAME_EXPECTED =
      "a name of lower-case letters, digits, dashes and underscores, at most 63";

  /** A level of the tree of names. */
  private static final class Branch {
    final Map<String, Branch> named = new LinkedHashMap<>();
    Branch any;
    Key key;
  }

  private final List<Key> keys;
  private final Branch root = new Branch();

  private Keys(List<Key> keys) {
    this.keys = keys;
    keys.forEach(this::plant);
  }

  private static Keys define() {
    KeyList list = new KeyList();
    NodeKeys.define(list);
    FrontKeys.define(list);
    PoolKeys.define(list);
    PluginKeys.define(list);
    ServiceKeys.define(list);
    return new Keys(list.keys());
  }

  /** In the order of the reference. */
  public List<Key> list() {
    return keys;
  }

  private void plant(Key key) {
    Branch at = root;
    for (String name : key.path().split("\\.", -1)) {
      if (isPlaceholder(name)) {
        at.any = at.any == null ? new Branch() : at.any;
        at = at.any;
      } else {
        at = at.named.computeIfAbsent(name, n -> new Branch());
      }
    }
    if (at.key != null) {
      throw new IllegalArgumentException(key.path() + " is declared twice");
    }
    at.key = key;
  }

  static boolean isPlaceholder(String name) {
    return name.equals("NAME");
  }

  /** The key that a path stands for, null = none. */
  public Key find(String path) {
    Branch at = branch(path);
    return at == null ? null : at.key;
  }

  /** Whether keys lie below the path. */
  boolean isSection(String path) {
    Branch at = branch(path);
    return at != null && at.key == null;
  }

  /** Whether the names right below the path are chosen by the user. */
  boolean takesNames(String path) {
    Branch at = branch(path);
    return at != null && at.any != null;
  }

  /** Names that are fixed right below the path. */
  Collection<String> namesBelow(String path) {
    Branch at = branch(path);
    return at == null ? List.of() : List.copyOf(at.named.keySet());
  }

  private Branch branch(String path) {
    Branch at = root;
    if (path.isEmpty()) {
      return at;
    }
    for (String name : path.split("\\.", -1)) {
      Branch next = at.named.get(name);
      if (next == null && at.any != null && NAME.matcher(name).matches()) {
        next = at.any;
      }
      if (next == null) {
        return null;
      }
      at = next;
    }
    return at;
  }

  /** The paths of all keys, a placeholder replaced by each of the names. */
  List<String> paths(Map<String, ? extends Collection<String>> names) {
    List<String> paths = new ArrayList<>();
    for (Key key : keys) {
      int at = key.path().indexOf(".NAME.");
      if (at < 0) {
        paths.add(key.path());
        continue;
      }
      String section = key.path().substring(0, at);
      for (String name : names.containsKey(section) ? names.get(section) : List.<String>of()) {
        paths.add(section + "." + name + key.path().substring(at + ".NAME".length()));
      }
    }
    return paths;
  }
}
