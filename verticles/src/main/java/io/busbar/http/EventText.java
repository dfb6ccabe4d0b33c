package io.busbar.http;

import io.busbar.channel.ChannelFrame;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;

/** Server-sent events. */
final class EventText {
  /** A frame as an event, made once per node. */
  static final Function<ChannelFrame, Buffer> FRAME = EventText::frame;

  private EventText() {}

  private static Buffer frame(ChannelFrame frame) {
    String text = text(frame.data());
    return text == null
        ? event("binary", frame.epoch(), frame.offset(), base64(frame.data()))
        : event(null, frame.epoch(), frame.offset(), text);
  }

  /**
   * An event.
   *
   * @param name null = message
   * @param epoch 0 = without an id
   */
  static Buffer event(String name, long epoch, long offset, String data) {
    StringBuilder event = new StringBuilder(data.length() + 48);
    if (epoch != 0) {
      event.append("id: ").append(epoch).append(':').append(offset).append('\n');
    }
    if (name != null) {
      event.append("event: ").append(name).append('\n');
    }
    int at = 0;
    while (true) {
      int end = lineEnd(data, at);
      event.append("data: ").append(data, at, end).append('\n');
      if (end == data.length()) {
        return Buffer.buffer(event.append('\n').toString());
      }
      boolean both =
          data.charAt(end) == '\r' && end + 1 < data.length() && data.charAt(end + 1) == '\n';
      at = end + (both ? 2 : 1);
    }
  }

  private static int lineEnd(String data, int from) {
    for (int at = from; at < data.length(); at++) {
      char c = data.charAt(at);
      if (c == '\n' || c == '\r') {
        return at;
      }
    }
    return data.length();
  }

  /** Null = it is no text. */
  static String text(Buffer data) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(data.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  static String base64(Buffer data) {
    return Base64.getEncoder().encodeToString(data.getBytes());
  }
}
