package io.busbar.juniper;

import java.util.HashMap;
import java.util.Map;

/** Element types of a tensor frame: the numeric types of NumPy with a fixed size. */
public enum DType {
  FLOAT32("float32", 4, "f4", "f", "single"),
  FLOAT64("float64", 8, "f8", "d", "double", "float"),
  FLOAT16("float16", 2, "f2", "e", "half"),
  INT8("int8", 1, "i1", "b", "byte"),
  UINT8("uint8", 1, "u1", "B", "ubyte"),
  INT16("int16", 2, "i2", "h", "short"),
  UINT16("uint16", 2, "u2", "H", "ushort"),
  INT32("int32", 4, "i4", "i", "intc"),
  UINT32("uint32", 4, "u4", "I", "uintc"),
  INT64("int64", 8, "i8", "q", "l", "int"),
  UINT64("uint64", 8, "u8", "Q", "L", "uint"),
  BOOL("bool", 1, "b1", "?"),
  COMPLEX64("complex64", 8, "c8", "F", "csingle"),
  COMPLEX128("complex128", 16, "c16", "D", "complex");

  private static final Map<String, DType> BY_NAME = new HashMap<>();

  static {
    for (DType type : values()) {
      BY_NAME.put(type.wireName, type);
      for (String alias : type.aliases) {
        BY_NAME.put(alias, type);
      }
    }
  }

  private final String wireName;
  private final int bytes;
  private final String[] aliases;

  DType(String wireName, int bytes, String... aliases) {
    this.wireName = wireName;
    this.bytes = bytes;
    this.aliases = aliases;
  }

  /** Canonical name, as NumPy prints the little-endian type. */
  public String wireName() {
    return wireName;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Bytes of the units that a byte order applies to: a complex number is two of them. */
  int unit() {
    return isComplex() ? bytes / 2 : bytes;
  }

  /** Short code without byte order, such as {@code f4}. */
  String code() {
    return aliases[0];
  }

  public boolean isComplex() {
    return this == COMPLEX64 || this == COMPLEX128;
  }

  public boolean isFloat() {
    return this == FLOAT16 || this == FLOAT32 || this == FLOAT64;
  }

  /** The type of a name or alias without byte order; null = none. */
  static DType named(String name) {
    return BY_NAME.get(name);
  }
}
