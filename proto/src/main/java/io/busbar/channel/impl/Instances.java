package io.busbar.channel.impl;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Instance ids of epochs, as the 16 bytes that travel and as the text that people see. */
final class Instances {
  private static final int BYTES = 16;

  private Instances() {}

  static ByteString random() {
    return bytes(UUID.randomUUID());
  }

  static ByteString bytes(String text) {
    return bytes(UUID.fromString(text));
  }

  private static ByteString bytes(UUID id) {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
    return ByteString.copyFrom(buffer);
  }

  /** "" = not known. */
  static String text(ByteString id) {
    if (id.size() != BYTES) {
      return "";
    }
    ByteBuffer buffer = id.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }
}
