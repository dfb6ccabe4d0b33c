package io.busbar.runner;

import java.util.Objects;

/**
 * Options of the runner front side; sizes in bytes, times in milliseconds.
 *
 * @param host address to listen on
 * @param port 0 = any free one, the same for all lanes of the node
 * @param maxResets RST_STREAM frames accepted per connection within the reset window; Fn's load
 *     balancer resets each call
 * @param resetWindowMillis length of that window, in whole seconds
 * @param maxIdleFrames frames that bring no call further (PING, SETTINGS, PRIORITY, WINDOW_UPDATE,
 *     empty DATA, unknown ones) accepted per connection within that window, beyond four for each
 *     frame that does
 * @param maxMessage largest gRPC message accepted
 * @param maxBody largest request body of a call, 0 = no limit
 * @param maxStreams advertised SETTINGS_MAX_CONCURRENT_STREAMS; a small one would make Fn's load
 *     balancer queue calls inside itself
 * @param maxCalls open calls per lane; one more is answered with a 503 finish
 * @param maxCallsPerConnection open calls per connection; one more is answered with a 503 finish
 * @param maxWaiting streams per lane that have not sent their TryCall; one more is refused
 * @param maxConnections connections per node; one more is closed
 * @param maxHeaders largest request header block
 * @param streamWindow bytes a client may send ahead per stream
 * @param connectionWindow bytes a client may send ahead per connection
 * @param partialMessages bytes per lane in messages that have not arrived in full
 * @param handshakeMillis from connect to the end of the HTTP/2 preface
 * @param noProgressMillis a client that owes a TryCall or the rest of a message, or takes no
 *     output, is reset after this long
 * @param idleMillis a connection with no streams is closed, in order, after this long
 * @param drainMillis longest time that an orderly end of the connections may take
 * @param detached whether detached calls are taken; else they are answered with 501
 * @param status the call behind Status and Status2
 * @param configureHook pool that ConfigureRunner calls, "" = none
 * @param logsHook pool that StreamLogs calls, "" = none
 */
public record RunnerOptions(
    String host,
    int port,
    int maxResets,
    long resetWindowMillis,
    int maxIdleFrames,
    int maxMessage,
    long maxBody,
    long maxStreams,
    int maxCalls,
    int maxCallsPerConnection,
    int maxWaiting,
    int maxConnections,
    int maxHeaders,
    int streamWindow,
    int connectionWindow,
    long partialMessages,
    long handshakeMillis,
    long noProgressMillis,
    long idleMillis,
    long drainMillis,
    boolean detached,
    StatusOptions status,
    String configureHook,
    String logsHook) {

  public static final RunnerOptions DEFAULTS =
      new RunnerOptions(
          "127.0.0.1",
          9190,
          100_000,
          30_000,
          10_000,
          4 << 20,
          0,
          1_000_000,
          20_000,
          20_000,
          10_000,
          1000,
          64 << 10,
          256 << 10,
          64 << 20,
          64L << 20,
          10_000,
          60_000,
          1_800_000,
          30_000,
          true,
          StatusOptions.NONE,
          "",
          "");

  public RunnerOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(configureHook, "configureHook");
    Objects.requireNonNull(logsHook, "logsHook");
    require(port >= 0 && port <= 65_535, "runner.port", port, "0 to 65535");
    require(maxResets >= 1, "runner.max-resets", maxResets, "at least 1");
    require(resetWindowMillis >= 1000, "runner.resets-window", resetWindowMillis, "at least 1s");
    require(maxIdleFrames >= 1, "runner.max-idle-frames", maxIdleFrames, "at least 1");
    require(maxBody >= 0, "runner.max-body", maxBody, "at least 0");
    require(
        maxMessage >= 16 << 10 && maxMessage <= 64 << 20,
        "runner.max-message",
        maxMessage,
        "16KiB to 64MiB");
    require(
        maxStreams >= 100 && maxStreams <= 0xffff_ffffL,
        "runner.max-streams",
        maxStreams,
        "100 to 4294967295");
    require(maxCalls >= 1, "runner.max-calls", maxCalls, "at least 1");
    require(
        maxCallsPerConnection >= 1,
        "runner.max-calls-per-connection",
        maxCallsPerConnection,
        "at least 1");
    require(maxWaiting >= 1, "runner.max-waiting", maxWaiting, "at least 1");
    require(maxConnections >= 1, "runner.max-connections", maxConnections, "at least 1");
    require(
        maxHeaders >= 4096 && maxHeaders <= 1 << 20,
        "runner.max-header-bytes",
        maxHeaders,
        "4KiB to 1MiB");
    require(streamWindow >= 65_535, "runner.stream-window", streamWindow, "at least 65535");
    require(
        connectionWindow >= streamWindow,
        "runner.connection-window",
        connectionWindow,
        "at least runner.stream-window");
    require(
        partialMessages >= maxMessage,
        "runner.partial-messages",
        partialMessages,
        "at least runner.max-message");
    require(handshakeMillis >= 1000, "runner.handshake-timeout", handshakeMillis, "at least 1s");
    require(noProgressMillis >= 100, "runner.progress-timeout", noProgressMillis, "at least 100ms");
    require(idleMillis >= 100, "runner.idle-timeout", idleMillis, "at least 100ms");
    require(drainMillis >= 0, "runner.drain", drainMillis, "at least 0");
  }

  private static void require(boolean ok, String key, long value, String expected) {
    if (!ok) {
      throw new IllegalArgumentException(key + ": " + value + ", expected " + expected);
    }
  }

  public RunnerOptions withAddress(String newHost, int newPort) {
    return toBuilder().host(newHost).port(newPort).build();
  }

  /** A copy that can be changed. */
  public RunnerOptionsBuilder toBuilder() {
    return new RunnerOptionsBuilder(this);
  }
}
