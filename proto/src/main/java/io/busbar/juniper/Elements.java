package io.busbar.juniper;

import java.nio.ByteBuffer;

/** Reads elements of any real type as numbers. */
public final class Elements {

  private Elements() {}

  /**
   * The real element at an index; of a complex one the real part.
   *
   * @throws IndexOutOfBoundsException beyond the last one
   */
  public static double at(BinaryFrame frame, int index) {
    DType type = frame.type().type();
    return read(frame.data(), type, index * type.bytes());
  }

  /** Whether a float or complex element is not a number or infinite. */
  public static boolean hasNonFinite(BinaryFrame frame) {
    DType type = frame.type().type();
    if (!type.isFloat() && !type.isComplex()) {
      return false;
    }
    ByteBuffer data = frame.data();
    int unit = type.unit();
    for (int at = 0; at < data.limit(); at += unit) {
      if (!Double.isFinite(real(data, unit, at))) {
        return true;
      }
    }
    return false;
  }

  /** Largest absolute value; of complex elements the modulus; 0 without elements. */
  public static double largest(BinaryFrame frame) {
    DType type = frame.type().type();
    ByteBuffer data = frame.data();
    int bytes = type.bytes();
    double largest = 0;
    for (int at = 0; at < data.limit(); at += bytes) {
      double value =
          type.isComplex()
              ? Math.hypot(real(data, type.unit(), at), real(data, type.unit(), at + type.unit()))
              : Math.abs(read(data, type, at));
      largest = Math.max(largest, value);
    }
    return largest;
  }

  private static double read(ByteBuffer data, DType type, int at) {
    return switch (type) {
      case FLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128 -> real(data, type.unit(), at);
      case INT8 -> data.get(at);
      case UINT8 -> data.get(at) & 0xff;
      case BOOL -> data.get(at) == 0 ? 0 : 1;
      case INT16 -> data.getShort(at);
      case UINT16 -> data.getShort(at) & 0xffff;
      case INT32 -> data.getInt(at);
      case UINT32 -> data.getInt(at) & 0xffff_ffffL;
      case INT64 -> data.getLong(at);
      case UINT64 -> unsigned(data.getLong(at));
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
  }

  private static double real(ByteBuffer data, int unit, int at) {
    return switch (unit) {
      case 2 -> half(data.getShort(at));
      case 4 -> data.getFloat(at);
      default -> data.getDouble(at);
    };
  }

  /**
   * Appends a real element in the order of the buffer; integers are cut to the width of the type.
   *
   * @param exact the same value, for integers that a double cannot hold
   * @throws IllegalArgumentException for a complex type
   */
  public static void put(ByteBuffer out, DType type, double value, long exact) {
    switch (type) {
      case FLOAT16 -> out.putShort(toHalf(value));
      case FLOAT32 -> out.putFloat((float) value);
      case FLOAT64 -> out.putDouble(value);
      case INT8, UINT8 -> out.put((byte) exact);
      case BOOL -> out.put((byte) (value == 0 ? 0 : 1));
      case INT16, UINT16 -> out.putShort((short) exact);
      case INT32, UINT32 -> out.putInt((int) exact);
      case INT64, UINT64 -> out.putLong(exact);
      case COMPLEX64, COMPLEX128 ->
          throw new IllegalArgumentException(type + " has no single number");
    }
  }

  /** IEEE 754 binary16. */
  static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double size;
    if (exponent == 0x1f) {
      size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      size = Math.scalb((double) fraction, -24);
    } else {
      size = Math.scalb((double) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -size : size;
  }

  /** Nearest IEEE 754 binary16, ties to even. */
  static short toHalf(double value) {
    int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
    double size = Math.abs(value);
    if (Double.isNaN(value)) {
      return (short) 0x7e00;
    }
    if (size >= 65_520) {
      return (short) (sign | 0x7c00);
    }
    int exponent = Math.max(-14, Math.min(15, Math.getExponent(size)));
    int units = (int) Math.rint(Math.scalb(size, 10 - exponent));
    // Subnormal numbers have no hidden bit, and rounding up may carry into the exponent: both fall
    // out of adding.
    int biased = units < 0x400 ? units : ((exponent + 14) << 10) + units;
    return (short) (sign | biased);
  }
}
