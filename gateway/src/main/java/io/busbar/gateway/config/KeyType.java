package io.busbar.gateway.config;

/** What a key holds: how it is written, checked and shown. Immutable. */
public sealed interface KeyType permits ScalarType, ListType, MapType, ObjectType, FreeType {

  /** Short name in the reference, such as {@code duration} or {@code list of host:port}. */
  String label();

  /** Unit of a number, "" = none. */
  String unit();

  /** What a message says was expected, range included. */
  String expected();

  /**
   * Checks a value and gives it its Java type.
   *
   * @param key what messages call it
   * @param secret the value must not show in messages
   * @return null when it was refused; the problem is then in {@code problems}
   */
  Object read(YamlNode node, String key, boolean secret, Problems problems);

  /** The value as it would be written in the file, on one line. */
  String show(Object value);
}
