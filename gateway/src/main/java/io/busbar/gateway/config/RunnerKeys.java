package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.TEXT;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;

/** Keys that only the Fn runner front side has. */
final class RunnerKeys {

  private static final KeyType COUNT = integer(1, 10_000_000, "");

  private RunnerKeys() {}

  static void define(KeyList k) {
    k.key(
        "runner.max-message",
        size("16KiB", "64MiB"),
        "4MiB",
        "Largest gRPC message taken from a peer.");
    k.key(
        "runner.max-resets",
        COUNT,
        "100000",
        "Stream resets taken from one connection in runner.resets-window; Fn's load balancer resets"
            + " each call.");
    k.key(
        "runner.resets-window",
        duration("1s", "1h"),
        "30s",
        "Time in which runner.max-resets and runner.max-idle-frames are counted, in whole seconds.");
    k.key(
        "runner.max-idle-frames",
        COUNT,
        "10000",
        "Frames of HTTP/2 that bring no call further, as PING or WINDOW_UPDATE, taken from one"
            + " connection in runner.resets-window beyond four for each that does.");
    k.key("runner.max-calls", COUNT, "20000", "Calls open at once on one lane.");
    k.key(
        "runner.max-calls-per-connection", COUNT, "20000", "Calls open at once on one connection.");
    k.key(
        "runner.max-waiting",
        COUNT,
        "10000",
        "Streams of one lane that have not said yet which call they want.");
    k.key(
        "runner.stream-window",
        size("64KiB", "64MiB"),
        "256KiB",
        "Bytes that a client may send ahead on one stream.");
    k.key(
        "runner.connection-window",
        size("64KiB", "1GiB"),
        "64MiB",
        "Bytes that a client may send ahead on one connection.");
    k.key(
        "runner.partial-messages",
        size("64KiB", "16GiB"),
        "64MiB",
        "Bytes of one lane in messages that have not arrived in full.");
    k.key(
        "runner.handshake-timeout",
        duration("1s", "5m"),
        "10s",
        "Time from connect to the end of the HTTP/2 preface.");
    k.key("runner.detached", BOOL, "true", "Takes detached calls; else they get 501.");
    k.open(
        "runner.configure-hook",
        PoolKeys.POOL_NAME,
        "ConfigureRunner is accepted and ignored",
        "Pool whose workers, all of them, ConfigureRunner calls.");
    k.open(
        "runner.logs-hook",
        PoolKeys.POOL_NAME,
        "StreamLogs has nothing to send",
        "Pool that StreamLogs calls.");
    k.open(
        "runner.status.pool",
        PoolKeys.POOL_NAME,
        "Status answers with live numbers only",
        "Pool that Status calls to see whether work gets through.");
    k.open("runner.status.image", TEXT, "none", "A call that names this image is refused.");
    k.open(
        "runner.status.health-hook",
        PoolKeys.POOL_NAME,
        "Status has no custom part",
        "Pool called before runner.status.pool; the JSON object it answers is customStatus.");
    k.open(
        "runner.status.barrier-file",
        TEXT,
        "the network is never reported as disabled",
        "File; Status says isNetworkDisabled while it does not exist.");
    k.key(
        "runner.status.timeout",
        duration("100ms", "5m"),
        "5s",
        "From slot to end of a status call.");
    k.key(
        "runner.status.bound",
        duration("100ms", "10m"),
        "1m",
        "Longest time that a status call may take in all.");
    k.key(
        "runner.status.cache",
        duration("0", "1m"),
        "1500ms",
        "How long a status answer is given again.");
    k.key(
        "runner.status.max-answer",
        size("1KiB", "1MiB"),
        "64KiB",
        "Largest body of a status call.");
  }
}
