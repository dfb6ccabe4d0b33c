package io.busbar.grpc;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What stands around a gRPC message on the wire. */
public final class Framing {
  /** Bytes before each message: a flag and the length, big-endian. */
  public static final int PREFIX = 5;

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  /** Writes the prefix of an uncompressed message. */
  public static void prefix(ByteBuf out, int length) {
    out.writeByte(0).writeInt(length);
  }

  /** Writes a protobuf varint; not negative. */
  public static void varint(ByteBuf out, int value) {
    int rest = value;
    while (rest >= 1 << 7) {
      out.writeByte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  /**
   * Encodes a {@code grpc-message}: everything but printable ASCII, and the percent sign, as %XX of
   * its UTF-8 bytes.
   */
  public static String percentEncode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder encoded = null;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b >= ' ' && b <= '~' && b != '%') {
        if (encoded != null) {
          encoded.append((char) b);
        }
        continue;
      }
      if (encoded == null) {
        encoded = new StringBuilder(bytes.length + 16);
        encoded.append(new String(bytes, 0, i, StandardCharsets.US_ASCII));
      }
      encoded.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
    }
    return encoded == null ? text : encoded.toString();
  }

  /**
   * Decodes a {@code grpc-message} from outside. What is no valid escape stays as it is; control
   * characters become spaces.
   */
  static String percentDecode(CharSequence encoded, int longest) {
    byte[] bytes = new byte[Math.min(encoded.length(), longest)];
    int length = 0;
    for (int i = 0; i < encoded.length() && length < bytes.length; i++) {
      char c = encoded.charAt(i);
      int high = c == '%' && i + 2 < encoded.length() ? hex(encoded.charAt(i + 1)) : -1;
      int low = high >= 0 ? hex(encoded.charAt(i + 2)) : -1;
      if (low >= 0) {
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    StringBuilder plain = new StringBuilder(text.length());
    text.chars().forEach(c -> plain.append(Character.isISOControl(c) ? ' ' : (char) c));
    return plain.toString();
  }

  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private Framing() {}
}
