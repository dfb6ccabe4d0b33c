package io.busbar.channel;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;

/**
 * Frames to be appended together.
 *
 * @param channel its name
 * @param frames at least one
 * @param id makes the append idempotent while its frames are kept; "" = one is made
 * @param condition null = none
 */
public record Append(String channel, List<Content> frames, String id, Condition condition) {
  /** Most frames of one append. */
  public static final int MAX_FRAMES = 256;

  /** Longest id. */
  public static final int MAX_ID = 200;

  public Append {
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(id, "id");
    frames = List.copyOf(frames);
  }

  /**
   * One frame.
   *
   * @param data its bytes, taken by reference
   * @param contentType "" = not said
   * @param key frames of one key replace each other for subscribers that lag; "" = none
   */
  public record Content(Buffer data, String contentType, String key) {
    public Content {
      Objects.requireNonNull(data, "data");
      Objects.requireNonNull(contentType, "contentType");
      Objects.requireNonNull(key, "key");
    }
  }

  /**
   * Only if the newest frame is this one.
   *
   * @param epoch 0 = whatever it is
   * @param offset 0 = there is no frame yet
   */
  public record Condition(long epoch, long offset) {}

  /** One frame. */
  public static Append of(String channel, Buffer data, String contentType) {
    return new Append(channel, List.of(new Content(data, contentType, "")), "", null);
  }

  /** A JSON text. */
  public static Append json(String channel, Buffer data) {
    return of(channel, data, "application/json");
  }

  public Append withKey(String key) {
    List<Content> keyed =
        frames.stream().map(f -> new Content(f.data(), f.contentType(), key)).toList();
    return new Append(channel, keyed, id, condition);
  }

  public Append withId(String value) {
    return new Append(channel, frames, value, condition);
  }

  public Append ifOffset(long epoch, long offset) {
    return new Append(channel, frames, id, new Condition(epoch, offset));
  }
}
