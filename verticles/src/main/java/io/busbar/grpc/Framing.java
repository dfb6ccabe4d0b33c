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

  private Framing() {}
}
