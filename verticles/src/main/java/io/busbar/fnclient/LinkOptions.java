package io.busbar.fnclient;

import io.busbar.grpc.ClientSettings;

/**
 * How connections to runners are made and how much may come over them. Times in milliseconds, sizes
 * in bytes.
 *
 * @param connections most connections to one runner from one lane
 * @param connect longest wait for a connection
 * @param firstBackoff pause after a dial that failed; doubles with each in a row
 * @param longestBackoff longest such pause
 * @param idle a connection without calls for so long is closed; 0 = never
 * @param keepalive a connection with calls from which nothing came for so long is asked for a sign
 *     of life; 0 = never, as Fn's load balancer. Stock runners cut off clients that ask more often
 *     than every five minutes
 * @param keepaliveTimeout a runner that gives no such sign for so long is lost
 * @param linger how long a stream may stay open after its finish, to see how it ends
 * @param message largest message taken from a runner
 * @param headers most bytes of headers in one answer
 * @param headerCount most headers in one answer
 * @param streamWindow bytes a runner may send on one call before they are read
 * @param connectionWindow the same for a whole connection
 * @param unfinished bytes a lane holds in messages that have not arrived in full
 */
public record LinkOptions(
    int connections,
    long connect,
    long firstBackoff,
    long longestBackoff,
    long idle,
    long keepalive,
    long keepaliveTimeout,
    long linger,
    int message,
    int headers,
    int headerCount,
    int streamWindow,
    int connectionWindow,
    long unfinished) {

  public static final LinkOptions DEFAULTS =
      new LinkOptions(
          4, 2000, 100, 10_000, 300_000, 0, 20_000, 1000, 4 << 20, 64 << 10, 200, 256 << 10,
          16 << 20, 64L << 20);

  public LinkOptions {
    least("connections", connections, 1);
    least("connect", connect, 1);
    least("firstBackoff", firstBackoff, 1);
    least("longestBackoff", longestBackoff, firstBackoff);
    least("idle", idle, 0);
    least("keepalive", keepalive, 0);
    least("keepaliveTimeout", keepaliveTimeout, 1);
    least("linger", linger, 1);
    least("message", message, 1024);
    least("headers", headers, 1024);
    least("headerCount", headerCount, 1);
    least("streamWindow", streamWindow, 65_535);
    least("connectionWindow", connectionWindow, 65_535);
    least("unfinished", unfinished, message);
  }

  ClientSettings settings() {
    return new ClientSettings(
        connect, message, headers, streamWindow, connectionWindow, unfinished);
  }

  private static void least(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + ", expected at least " + least);
    }
  }
}
