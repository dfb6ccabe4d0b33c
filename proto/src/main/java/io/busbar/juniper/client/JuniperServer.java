package io.busbar.juniper.client;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * Where a juniper-cascor server is, and how its clients behave.
 *
 * @param base {@code ws://host:port} or {@code wss://host:port}, paths are added
 * @param apiKey sent as X-API-Key, "" = none
 * @param origin sent as Origin, which /ws/control asks for by default; "" = none
 * @param firstPause before a broken connection is opened again; it doubles, and each is shortened
 *     by chance so that clients do not come all at once
 * @param longestPause of them
 * @param silence after which a connection without any frame is given up; a server sends a ping
 *     every 30 s
 * @param maxMessage bytes of the largest message taken
 */
public record JuniperServer(
    URI base,
    String apiKey,
    String origin,
    Duration firstPause,
    Duration longestPause,
    Duration silence,
    int maxMessage) {

  public JuniperServer {
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("ws") || scheme.equals("wss")) || base.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + base + "', expected ws://host:port or wss://host:port");
    }
    if (firstPause.toMillis() < 1 || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException("pauses from " + firstPause + " to " + longestPause);
    }
  }

  /** Without a key and an origin. */
  public static JuniperServer of(String base) {
    return new JuniperServer(
        URI.create(base),
        "",
        "",
        Duration.ofMillis(250),
        Duration.ofSeconds(15),
        Duration.ofSeconds(90),
        16 << 20);
  }

  public JuniperServer withApiKey(String key) {
    return new JuniperServer(base, key, origin, firstPause, longestPause, silence, maxMessage);
  }

  public JuniperServer withOrigin(String value) {
    return new JuniperServer(base, apiKey, value, firstPause, longestPause, silence, maxMessage);
  }

  public JuniperServer withPauses(Duration first, Duration longest) {
    return new JuniperServer(base, apiKey, origin, first, longest, silence, maxMessage);
  }

  public JuniperServer withSilence(Duration limit) {
    return new JuniperServer(base, apiKey, origin, firstPause, longestPause, limit, maxMessage);
  }

  /** Address of an endpoint. */
  String uri(String path) {
    String text = base.toString();
    return (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path;
  }
}
