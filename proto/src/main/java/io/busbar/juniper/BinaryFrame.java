package io.busbar.juniper;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor as it travels in one binary WebSocket message: number of dimensions, extents, name of
 * the element type, elements in row-major order; all numbers of the header little-endian. Neither
 * decoding nor {@link #header()} copies elements: {@link #data()} is a read-only view of the bytes
 * that were given, which must not be changed as long as it is used.
 *
 * <p>Immutable, thread-safe.
 */
public final class BinaryFrame {
  /** Largest frame, header included, in bytes. */
  public static final int MAX_BYTES = 104_857_600;

  /** Most dimensions. */
  public static final int MAX_DIMENSIONS = 10;

  /** Longest name of a type, in bytes. */
  public static final int MAX_TYPE_NAME = 64;

  private static final long UNSIGNED = 0xffff_ffffL;

  private final ElementType type;
  private final long[] shape;
  private final ByteBuffer data;

  private BinaryFrame(ElementType type, long[] shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /**
   * A frame of these elements. A scalar has the shape (1), as the reference sends it.
   *
   * @param shape extents, outermost first, each 0 to 2^32-1, at most {@link #MAX_DIMENSIONS}
   * @param data elements from position to limit, taken by reference
   * @throws BinaryFrameException when the data is not as long as the shape says, or too large
   */
  public static BinaryFrame of(ElementType type, List<? extends Number> shape, ByteBuffer data) {
    if (shape.size() > MAX_DIMENSIONS) {
      throw new BinaryFrameException("Unreasonable number of dimensions: " + shape.size());
    }
    long[] extents = new long[Math.max(1, shape.size())];
    extents[0] = 1;
    for (int i = 0; i < shape.size(); i++) {
      extents[i] = shape.get(i).longValue();
      if (extents[i] < 0 || extents[i] > UNSIGNED) {
        throw new BinaryFrameException("Extent out of range: " + extents[i]);
      }
    }
    checkSize(type, extents, data.remaining());
    BinaryFrame frame = new BinaryFrame(type, extents, data.slice().asReadOnlyBuffer());
    checkTotal(frame.size());
    return frame;
  }

  /** Same elements in one dimension, little-endian. */
  public static BinaryFrame ofFloats(List<? extends Number> shape, float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return of(ElementType.of(DType.FLOAT32), shape, data);
  }

  /**
   * Reads a whole message.
   *
   * @param message from position to limit, left unchanged; referenced by the result
   * @throws BinaryFrameException naming the first fault in the order of the protocol's table
   */
  public static BinaryFrame decode(ByteBuffer message) {
    ByteBuffer in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    int total = in.remaining();
    checkTotal(total);
    if (total < 4) {
      throw new BinaryFrameException("Binary frame too short for shape header");
    }
    long dimensions = in.getInt() & UNSIGNED;
    if (dimensions > MAX_DIMENSIONS) {
      throw new BinaryFrameException("Unreasonable number of dimensions: " + dimensions);
    }
    int n = (int) dimensions;
    if (total < 4 + 4 * n) {
      throw new BinaryFrameException("Binary frame too short for shape values");
    }
    long[] shape = new long[n];
    for (int i = 0; i < n; i++) {
      shape[i] = in.getInt() & UNSIGNED;
    }
    if (total < 8 + 4 * n) {
      throw new BinaryFrameException("Binary frame too short for dtype header");
    }
    long length = in.getInt() & UNSIGNED;
    if (length > MAX_TYPE_NAME) {
      throw new BinaryFrameException("Unreasonable dtype string length: " + length);
    }
    if (in.remaining() < length) {
      throw new BinaryFrameException("Binary frame too short for dtype string");
    }
    ElementType type = TensorHead.type(in.slice(in.position(), (int) length));
    ByteBuffer data = in.slice(in.position() + (int) length, in.remaining() - (int) length);
    checkSize(type, shape, data.remaining());
    return new BinaryFrame(type, shape, data.asReadOnlyBuffer());
  }

  private static void checkTotal(long total) {
    if (total > MAX_BYTES) {
      throw new BinaryFrameException(
          "Binary frame exceeds maximum size (" + total + " > " + MAX_BYTES + ")");
    }
  }

  /** Exact: the product of ten extents does not fit a long. */
  private static void checkSize(ElementType type, long[] shape, int actual) {
    BigInteger expected = BigInteger.valueOf(type.type().bytes());
    for (long extent : shape) {
      expected = expected.multiply(BigInteger.valueOf(extent));
    }
    if (!expected.equals(BigInteger.valueOf(actual))) {
      throw new BinaryFrameException(
          "Data size mismatch: expected " + expected + " bytes, got " + actual);
    }
  }

  public ElementType type() {
    return type;
  }

  /** Extents, outermost first; empty for a scalar that came as one. */
  public List<Long> shape() {
    return Arrays.stream(shape).boxed().toList();
  }

  /** Number of elements. */
  public int elements() {
    return data.remaining() / type.type().bytes();
  }

  /** The elements: read-only, its own position, in the order of the element type. */
  public ByteBuffer data() {
    return data.duplicate().order(type.order());
  }

  /** Bytes of the whole message. */
  public long size() {
    return 8L + 4L * shape.length + type.wireName().length() + data.remaining();
  }

  /** What stands in front of the elements; to be sent before {@link #data()}. */
  public ByteBuffer header() {
    byte[] name = type.wireName().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(8 + 4 * shape.length + name.length);
    return neutral(writeHeader(out.order(ByteOrder.LITTLE_ENDIAN), name));
  }

  private ByteBuffer writeHeader(ByteBuffer out, byte[] name) {
    out.putInt(shape.length);
    for (long extent : shape) {
      out.putInt((int) extent);
    }
    return out.putInt(name.length).put(name);
  }

  /** The whole message, copied into one array. */
  public ByteBuffer encode() {
    byte[] name = type.wireName().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate((int) size()).order(ByteOrder.LITTLE_ENDIAN);
    return neutral(writeHeader(out, name).put(data.duplicate()));
  }

  /** In the order that every new buffer has: the JDK's WebSocket garbles any other one. */
  private static ByteBuffer neutral(ByteBuffer written) {
    return written.flip().order(ByteOrder.BIG_ENDIAN);
  }

  /** Same type, shape and bytes. */
  @Override
  public boolean equals(Object other) {
    return other instanceof BinaryFrame f
        && f.type.equals(type)
        && Arrays.equals(f.shape, shape)
        && f.data.equals(data);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(shape);
  }

  /** Type and shape, without elements. */
  @Override
  public String toString() {
    return type.wireName() + Arrays.toString(shape);
  }
}
