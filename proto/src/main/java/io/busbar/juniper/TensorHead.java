package io.busbar.juniper;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What stands in front of a tensor's elements in its message: enough to know how long the message
 * is before the elements are there. Immutable, thread-safe.
 *
 * @param shape extents, outermost first, each 0 to 2^32-1
 */
public record TensorHead(ElementType type, List<Long> shape) {
  /** Most bytes of one on the wire. */
  public static final int MAX_BYTES =
      8 + 4 * BinaryFrame.MAX_DIMENSIONS + BinaryFrame.MAX_TYPE_NAME;

  private static final long UNSIGNED = 0xffff_ffffL;

  /**
   * @throws BinaryFrameException when the shape is none, or the message would be too large
   */
  public TensorHead {
    shape = List.copyOf(shape);
    if (shape.size() > BinaryFrame.MAX_DIMENSIONS) {
      throw new BinaryFrameException("Unreasonable number of dimensions: " + shape.size());
    }
    for (long extent : shape) {
      if (extent < 0 || extent > UNSIGNED) {
        throw new BinaryFrameException("Extent out of range: " + extent);
      }
    }
    BigInteger total = exact(type, shape).add(BigInteger.valueOf(length(type, shape)));
    if (total.compareTo(BigInteger.valueOf(BinaryFrame.MAX_BYTES)) > 0) {
      throw new BinaryFrameException(
          "Binary frame exceeds maximum size (" + total + " > " + BinaryFrame.MAX_BYTES + ")");
    }
  }

  /** The product of ten extents does not fit a long. */
  private static BigInteger exact(ElementType type, List<Long> shape) {
    BigInteger bytes = BigInteger.valueOf(type.type().bytes());
    for (long extent : shape) {
      bytes = bytes.multiply(BigInteger.valueOf(extent));
    }
    return bytes;
  }

  private static int length(ElementType type, List<Long> shape) {
    return 8 + 4 * shape.size() + type.wireName().length();
  }

  /** That of a whole tensor. */
  public static TensorHead of(BinaryFrame tensor) {
    return new TensorHead(tensor.type(), tensor.shape());
  }

  /**
   * Reads one from the beginning of a message that may still be on its way.
   *
   * @param start from its position, which stands behind the head afterwards, unless null is
   *     returned
   * @return null = more bytes are needed
   * @throws BinaryFrameException when no message can begin so
   */
  public static TensorHead read(ByteBuffer start) {
    ByteBuffer in = start.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < 4) {
      return null;
    }
    long dimensions = in.getInt() & UNSIGNED;
    if (dimensions > BinaryFrame.MAX_DIMENSIONS) {
      throw new BinaryFrameException("Unreasonable number of dimensions: " + dimensions);
    }
    if (in.remaining() < 4 * dimensions + 4) {
      return null;
    }
    Long[] shape = new Long[(int) dimensions];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.getInt() & UNSIGNED;
    }
    long length = in.getInt() & UNSIGNED;
    if (length > BinaryFrame.MAX_TYPE_NAME) {
      throw new BinaryFrameException("Unreasonable dtype string length: " + length);
    }
    if (in.remaining() < length) {
      return null;
    }
    ElementType type = type(in.slice(in.position(), (int) length));
    TensorHead head = new TensorHead(type, List.of(shape));
    start.position(start.position() + in.position() + (int) length);
    return head;
  }

  /** The type of that name. */
  static ElementType type(ByteBuffer bytes) {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BinaryFrameException("Binary frame dtype string is not valid UTF-8");
    }
    ElementType type = ElementType.parse(name);
    if (type == null) {
      throw new BinaryFrameException("Invalid dtype string: '" + name + "'");
    }
    return type;
  }

  /** Bytes of the elements. */
  public int elementBytes() {
    return exact(type, shape).intValueExact();
  }

  /** Bytes of the whole message, with the name of the type as it is sent. */
  public int messageBytes() {
    return length(type, shape) + elementBytes();
  }

  /** As it is sent, in a buffer of the order that every new one has. */
  public ByteBuffer encode() {
    byte[] name = type.wireName().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(length(type, shape)).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(shape.size());
    for (long extent : shape) {
      out.putInt((int) extent);
    }
    return out.putInt(name.length).put(name).flip().order(ByteOrder.BIG_ENDIAN);
  }
}
