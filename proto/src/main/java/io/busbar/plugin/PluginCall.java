package io.busbar.plugin;

import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/**
 * A call as a plugin sees it; use it on the plugin instance's context, {@link #isEnded()} from any
 * thread. Simple plugins read {@link #body(int)} and {@link #end(Buffer)}; streaming ones {@link
 * #send} a stream, or join {@link #request()} and {@link #response()} themselves.
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

  /**
   * Status of the answer, 200 unless set; before the first body byte, else IllegalStateException. A
   * code outside 100 to 599 ends the call with WORKER_FAILED.
   */
  PluginCall status(int code);

  /**
   * Adds a header to the answer; before the first body byte, else IllegalStateException. A name or
   * value that HTTP does not allow ends the call with WORKER_FAILED naming it.
   */
  PluginCall header(String name, String value);

  /** Adds a trailer, sent with the end. Same rules as {@link #header}. */
  PluginCall trailer(String name, String value);

  /**
   * Response body; its {@code end()} ends the call with success. A Vert.x pipe ends it also when
   * its source broke: use {@link #send}, or {@code pipe().endOnFailure(false)}.
   */
  WriteStream<Buffer> response();

  /**
   * Sends the stream as the (rest of the) body, with back-pressure, and ends the call with it: with
   * success at its end, with WORKER_FAILED when it breaks.
   */
  Future<Void> send(ReadStream<Buffer> body);

  /** Ends the call with this as the (rest of the) body. */
  Future<Void> end(Buffer body);

  Future<Void> end();

  void fail(Failure failure);

  /**
   * Told once when the caller is gone or the deadline passed. A plugin that blocks its thread is
   * told when it returns; it can look at {@link #isEnded()} meanwhile.
   */
  PluginCall cancelHandler(Handler<Failure> handler);

  /** Whether the call is over, whoever ended it; what is written now is dropped. Any thread. */
  boolean isEnded();
}
