package io.busbar.gateway.config;

import java.util.ArrayList;
import java.util.List;

/** Takes the definitions of keys, in the order of the reference. */
final class KeyList {

  private static final Position HERE = new Position("default", 0);
  private final List<Key> keys = new ArrayList<>();

  /** A key with a default, written as in the file. */
  void key(String path, KeyType type, String standard, String meaning) {
    keys.add(new Key(path, type, value(path, type, standard), "", meaning, false));
  }

  /** A key without a default value; {@code note} says what happens then. */
  void open(String path, KeyType type, String note, String meaning) {
    keys.add(new Key(path, type, null, note, meaning, false));
  }

  /** A list of secrets, empty by default. */
  void secrets(String path, KeyType type, String meaning) {
    keys.add(new Key(path, type, List.of(), "", meaning, true));
  }

  /** One secret, unset by default. */
  void secret(String path, KeyType type, String note, String meaning) {
    keys.add(new Key(path, type, null, note, meaning, true));
  }

  private static Object value(String path, KeyType type, String text) {
    Problems problems = new Problems();
    YamlNode node =
        type instanceof ScalarType
            ? new YamlNode.Scalar(text, false, HERE)
            : YamlReader.read("default", false, text);
    Object value = type.read(node, path, false, problems);
    problems.raise();
    return value;
  }

  List<Key> keys() {
    return List.copyOf(keys);
  }
}
