package io.busbar.plugin;

import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/**
 * A call as a plugin sees it; use it on the plugin instance's context. Simple plugins read {@link
 * #body(int)} and {@link #end(Buffer)}; streaming ones join {@link #request()} and {@link
 * #response()}.
 */
public interface PluginCall {
  /** The call id as text. */
  String id();

  String method();

  String uri();

  /** Request headers, names case-insensitive. */
  MultiMap headers();

  /** Fn: the call's JSON as the load balancer sent it; empty for other origins. */
  Buffer original();

  /** Fn: the extensions map. */
  java.util.Map<String, String> extensions();

  /** Milliseconds until the call ends with DEADLINE_EXCEEDED. */
  long remainingMillis();

  /** Request body, paused until a handler is set and it is resumed, or piped. */
  ReadStream<Buffer> request();

  /** The whole request body; fails with TOO_LARGE beyond the limit, in bytes. */
  Future<Buffer> body(int limit);

  /** Status and headers of the answer; before the first body byte. */
  PluginCall status(int code);

  PluginCall header(String name, String value);

  /** Response body; its {@code end()} ends the call with success. */
  WriteStream<Buffer> response();

  /** Ends the call with this as the (rest of the) body. */
  Future<Void> end(Buffer body);

  Future<Void> end();

  void fail(Failure failure);

  /** Told once when the caller is gone or the deadline passed. */
  PluginCall cancelHandler(Handler<Failure> handler);

  boolean isEnded();
}
