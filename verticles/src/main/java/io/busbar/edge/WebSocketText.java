package io.busbar.edge;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Text as a whole WebSocket frame from a server: final, not masked (RFC 6455 5.2). */
public final class WebSocketText {
  private static final byte FINAL_TEXT = (byte) 0x81;
  private static final int SHORT = 125;
  private static final int TWO_BYTES = 126;
  private static final int EIGHT_BYTES = 127;
  private static final int MOST_IN_TWO = 0xffff;

  private WebSocketText() {}

  public static Buffer frame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    Buffer frame = Buffer.buffer(payload.length + 10).appendByte(FINAL_TEXT);
    if (payload.length <= SHORT) {
      frame.appendByte((byte) payload.length);
    } else if (payload.length <= MOST_IN_TWO) {
      frame.appendByte((byte) TWO_BYTES).appendUnsignedShort(payload.length);
    } else {
      frame.appendByte((byte) EIGHT_BYTES).appendLong(payload.length);
    }
    return frame.appendBytes(payload);
  }
}
