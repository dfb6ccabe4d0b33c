package io.busbar.contract;

import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** A client of one kind of front side, as the contract suite needs it. */
interface FrontSide {
  /**
   * Opens a call; the headers must reach the worker. Context of its own; methods from any thread.
   */
  Exchange open(String pool, Map<String, String> headers, long timeoutMillis);

  /** How the front side shows that failure before any output. */
  String shown(FailureCode code);

  /** Drops the client's connections without a goodbye. */
  void vanish();

  void close() throws Exception;

  /** One call. */
  interface Exchange {
    /** Completes when the client's socket has taken the data. */
    Future<Void> write(Buffer data);

    Future<Void> endBody();

    /** First answer: its status. Fails when there is none. */
    Future<Integer> answered();

    /** Completes with the next bytes count after at least that many bytes arrived. */
    Future<Long> received(long atLeast);

    /** Always completes, and once. */
    Future<Result> result();

    void pauseReading();

    void resumeReading();

    /** The client gives up. */
    void cancel();
  }
}
