package io.busbar.gateway.config;

import java.util.Locale;
import java.util.Objects;

/**
 * One configuration key.
 *
 * @param path names joined by dots; a name in capitals stands for one that the user chooses
 * @param type what it holds
 * @param standard default value, null = not set or computed
 * @param note in place of a default: what happens when the key is not set
 * @param meaning one line for people
 * @param secret masked wherever it is shown
 */
public record Key(
    String path, KeyType type, Object standard, String note, String meaning, boolean secret) {

  /** Stands where a secret would. */
  static final String MASK = "****";

  public Key {
    Objects.requireNonNull(type, path);
    if (meaning.isBlank() || meaning.contains("\n")) {
      throw new IllegalArgumentException(path + ": meaning, expected one line");
    }
  }

  /** The environment variable of a path. */
  static String environment(String path) {
    return "BUSBAR_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The default as text: a value, or what happens without one. */
  public String defaultText() {
    return standard == null ? note : type.show(standard);
  }

  /** A value on one line, masked if secret. */
  String show(Object value) {
    return secret ? MASK : type.show(value);
  }
}
