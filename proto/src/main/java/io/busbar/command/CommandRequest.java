package io.busbar.command;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Objects;

/**
 * A command.
 *
 * @param target who is to do it
 * @param name what is to be done
 * @param params JSON text, empty = none
 * @param timeout until the reply
 * @param key a command with a key that the handler's node knows is answered as before, not done
 *     again; "" = none
 */
public record CommandRequest(
    String target, String name, Buffer params, Duration timeout, String key) {
  /** Time-out unless another is given. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Longest name, and longest key. */
  public static final int MAX_TEXT = 200;

  /** Largest params and result, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  public CommandRequest {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(params, "params");
    Objects.requireNonNull(timeout, "timeout");
    Objects.requireNonNull(key, "key");
  }

  public static CommandRequest of(String target, String name, Buffer params) {
    return new CommandRequest(target, name, params, TIMEOUT, "");
  }

  public CommandRequest withTimeout(Duration value) {
    return new CommandRequest(target, name, params, value, key);
  }

  public CommandRequest withKey(String value) {
    return new CommandRequest(target, name, params, timeout, value);
  }
}
