package io.busbar.edge;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Where an HTTP front side listens and what it bears. Sizes in bytes.
 *
 * @param section prefix of the keys, {@code http} for example
 * @param host {@code http.host}
 * @param port {@code http.port}, 0 = any free one, the same for all lanes
 * @param maxConnections {@code http.max-connections} of this node
 * @param maxBody {@code http.max-body}: largest request body, 0 = no limit
 * @param limits of one connection and one request
 * @param times how long a client may take
 * @param entry who gets in at all
 */
public record HttpOptions(
    String section,
    String host,
    int port,
    int maxConnections,
    long maxBody,
    Limits limits,
    Times times,
    Entry entry) {
  private static final int WINDOW = 256 * 1024;
  private static final int CONNECTION_WINDOW = 4 * 1024 * 1024;
  private static final int RESET_SECONDS = 30;

  /** A little more than what endpoints take, so that they can say so. */
  private static final int MOST_WEBSOCKET_FRAME = 17 * 1024 * 1024;

  public HttpOptions {
    Objects.requireNonNull(section, "section");
    Objects.requireNonNull(host, "host");
    between(section, "port", port, 0, 65535);
    between(section, "max-connections", maxConnections, 1, 1_000_000);
    between(section, "max-body", maxBody, 0, Long.MAX_VALUE);
    between(section, "max-streams", limits.maxStreams, 1, 1_000_000);
    between(section, "max-uri", limits.maxUri, 256, 65536);
    between(section, "max-header-bytes", limits.maxHeaderBytes, 1024, 1024 * 1024);
    between(section, "max-headers", limits.maxHeaders, 8, 10_000);
    between(section, "linger-bytes", limits.lingerBytes, 0, Long.MAX_VALUE);
    between(section, "max-resets", limits.maxResets, 1, 100_000_000);
    between(section, "progress-timeout", times.progress.toMillis(), 100, 86_400_000L);
    between(section, "idle-timeout", times.idle.toMillis(), 100, 86_400_000L);
    between(section, "linger-timeout", times.linger.toMillis(), 0, 3_600_000L);
    between(section, "first-byte-timeout", entry.firstByteTimeout().toMillis(), 100, 86_400_000L);
  }

  /**
   * Limits of one connection and one request.
   *
   * @param maxStreams {@code http.max-streams}: concurrent streams of one HTTP/2 connection
   * @param maxUri {@code http.max-uri}: longest request target
   * @param maxHeaderBytes {@code http.max-header-bytes}: all request headers together
   * @param maxHeaders {@code http.max-headers}: number of request headers
   * @param lingerBytes {@code http.linger-bytes}: how much of a body is read and dropped after the
   *     answer was given, so that the client gets to read the answer
   * @param maxResets {@code http.max-resets}: RST_STREAM frames per HTTP/2 connection in 30 s
   */
  public record Limits(
      int maxStreams,
      int maxUri,
      int maxHeaderBytes,
      int maxHeaders,
      long lingerBytes,
      int maxResets) {}

  /**
   * How long a client may take.
   *
   * @param progress {@code http.progress-timeout}: an exchange that waits for its client this long
   *     without a byte either way is ended
   * @param idle {@code http.idle-timeout}: a connection without an exchange is closed after this
   * @param linger {@code http.linger-timeout}: how long the rest of a body may take
   */
  public record Times(Duration progress, Duration idle, Duration linger) {}

  /**
   * Who gets in at all.
   *
   * @param firstByteTimeout {@code http.first-byte-timeout}: a connection that has not sent a byte
   *     after this is closed
   * @param origins {@code http.origins}: web origins whose pages may call, as in an Origin header;
   *     "*" = all
   */
  public record Entry(Duration firstByteTimeout, List<String> origins) {
    /** Ten seconds for the first byte, pages of every origin. */
    public static final Entry ANY_ORIGIN = new Entry(Duration.ofSeconds(10), List.of("*"));

    public Entry {
      origins = List.copyOf(origins);
    }
  }

  /** Port 8080 on loopback. */
  public static HttpOptions defaults() {
    return new HttpOptions(
        "http",
        "127.0.0.1",
        8080,
        10_000,
        0,
        new Limits(1000, 8192, 32 * 1024, 200, 64L * 1024 * 1024, 10_000),
        new Times(Duration.ofSeconds(60), Duration.ofMinutes(2), Duration.ofSeconds(10)),
        new Entry(Duration.ofSeconds(10), List.of()));
  }

  /** The same limits under other keys. */
  public HttpOptions of(String name) {
    return new HttpOptions(name, host, port, maxConnections, maxBody, limits, times, entry);
  }

  public HttpOptions withAddress(String atHost, int atPort) {
    return new HttpOptions(section, atHost, atPort, maxConnections, maxBody, limits, times, entry);
  }

  public HttpOptions withMaxConnections(int most) {
    return new HttpOptions(section, host, port, most, maxBody, limits, times, entry);
  }

  public HttpOptions withMaxBody(long bytes) {
    return new HttpOptions(section, host, port, maxConnections, bytes, limits, times, entry);
  }

  public HttpOptions withTimeouts(Duration progress, Duration idle, Duration linger) {
    Times other = new Times(progress, idle, linger);
    return new HttpOptions(section, host, port, maxConnections, maxBody, limits, other, entry);
  }

  public HttpOptions withEntry(Entry other) {
    return new HttpOptions(section, host, port, maxConnections, maxBody, limits, times, other);
  }

  HttpServerOptions serverOptions() {
    return new HttpServerOptions()
        .setHost(host)
        .setPort(port)
        .setTcpNoDelay(true)
        .setMaxInitialLineLength(limits.maxUri + 64)
        .setMaxHeaderSize(limits.maxHeaderBytes)
        .setMaxChunkSize(64 * 1024)
        // Answers are written on the lane: no queue for other threads, 5 KiB a connection.
        .setStrictThreadMode(true)
        .setCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        // Only until the first byte; see Wire.prepare.
        .setIdleTimeout((int) entry.firstByteTimeout().toMillis())
        .setMaxWebSocketFrameSize(MOST_WEBSOCKET_FRAME)
        .setMaxWebSocketMessageSize(MOST_WEBSOCKET_FRAME)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
        .setHttp2RstFloodMaxRstFramePerWindow(limits.maxResets)
        .setHttp2RstFloodWindowDuration(RESET_SECONDS)
        .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(limits.maxStreams)
                .setInitialWindowSize(WINDOW)
                .setMaxHeaderListSize(limits.maxHeaderBytes));
  }

  /** Full name of a key, for messages. */
  public String key(String name) {
    return section + "." + name;
  }

  private static void between(String section, String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          section + "." + key + " is " + value + ", expected " + least + " to " + most);
    }
  }
}
