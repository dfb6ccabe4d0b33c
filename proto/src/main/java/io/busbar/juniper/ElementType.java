package io.busbar.juniper;

import java.nio.ByteOrder;

/**
 * A type and the order of its bytes.
 *
 * @param order of types wider than a byte; little-endian for the others
 */
public record ElementType(DType type, ByteOrder order) {

  public ElementType {
    if (type.unit() == 1) {
      order = ByteOrder.LITTLE_ENDIAN;
    }
  }

  /** The little-endian form. */
  public static ElementType of(DType type) {
    return new ElementType(type, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads a NumPy name: a canonical name, an alias, or a code with its byte order in front ({@code
   * <f4}, {@code >f4}, {@code =f4}, {@code |u1}).
   *
   * @return null = not one of the fixed numeric types
   */
  public static ElementType parse(String name) {
    if (name.isEmpty()) {
      return null;
    }
    char first = name.charAt(0);
    if (first != '<' && first != '>' && first != '=' && first != '|') {
      DType plain = DType.named(name);
      return plain == null ? null : of(plain);
    }
    DType type = DType.named(name.substring(1));
    if (type == null || !isCode(type, name.substring(1))) {
      return null;
    }
    return new ElementType(type, first == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  /** A byte order stands in front of codes only, never of spelled-out names. */
  private static boolean isCode(DType type, String name) {
    return name.equals(type.code()) || name.length() == 1;
  }

  /** As NumPy prints it: {@code float32}, or {@code >f4} for the other order. */
  public String wireName() {
    return order == ByteOrder.BIG_ENDIAN ? ">" + type.code() : type.wireName();
  }
}
