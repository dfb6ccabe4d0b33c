package io.busbar.websocket.control;

import io.busbar.bus.Lane;
import io.busbar.command.Commands;
import io.busbar.edge.Headers;
import io.busbar.edge.Place;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.websocket.CountPerName;
import io.busbar.websocket.EndpointKeys;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The control endpoint of one node: its gates, and what its lanes have in common. Thread-safe. */
public final class ControlNode {
  private static final String DIGEST = "HmacSHA256";
  private static final int SECRET_BYTES = 32;

  private final ControlOptions options;
  private final EndpointKeys keys;
  private final Set<String> origins;
  private final Cooldown cooldown;
  private final CountPerName identities;
  private final AtomicInteger connections = new AtomicInteger();
  private final ControlMeters meters;
  private final SecretKeySpec secret;

  public ControlNode(ControlOptions options, MeterRegistry registry) {
    ControlOptions.Gates gates = options.gates();
    this.options = options;
    this.keys = new EndpointKeys("control", gates.apiKeys());
    this.origins =
        gates.origins().stream().map(ControlNode::origin).collect(Collectors.toUnmodifiableSet());
    this.cooldown =
        new Cooldown(
            gates.maxRejections(),
            gates.window().toMillis(),
            gates.cooldown().toMillis(),
            () -> System.nanoTime() / 1_000_000);
    this.identities = new CountPerName(gates.maxPerIdentity());
    this.meters = new ControlMeters(registry, connections);
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    this.secret = new SecretKeySpec(random, DIGEST);
  }

  /** The endpoint on one lane. */
  public ControlLane lane(Lane lane, Commands commands) {
    return new ControlLane(this, lane, commands);
  }

  ControlOptions options() {
    return options;
  }

  ControlMeters meters() {
    return meters;
  }

  private static String origin(String given) {
    String lower = given.toLowerCase(Locale.ROOT);
    return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** The gates in the protocol's order; null = the request may come in. */
  Failure refuses(HttpServerRequest request) {
    String address = address(request);
    if (!options.enabled()) {
      return refused("disabled", FailureCode.UNAVAILABLE, "Control endpoint disabled");
    }
    if (cooldown.isShutOut(address)) {
      return refused("cooldown", FailureCode.TOO_MANY_REQUESTS, "Too many rejected handshakes");
    }
    if (keys.refuses(request.headers().get(Headers.API_KEY)) != null) {
      cooldown.rejected(address);
      return refused("key", FailureCode.UNAUTHENTICATED, "Authentication required");
    }
    String origin = request.headers().get("origin");
    if (!origins.isEmpty() && (origin == null || !origins.contains(origin(origin)))) {
      cooldown.rejected(address);
      return refused("origin", FailureCode.FORBIDDEN, "Origin not allowed: " + told(origin));
    }
    return null;
  }

  private static String told(String origin) {
    String has = origin == null ? "missing" : "'" + Failure.shorten(origin, 80) + "'";
    return "it is " + has + ", expected one of control.origins";
  }

  private Failure refused(String reason, FailureCode code, String detail) {
    meters.refused(reason);
    return Failure.of(code, detail);
  }

  private static String address(HttpServerRequest request) {
    return request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
  }

  /** A place under the cap of the client's key; who shows none has no such cap. */
  Place enter(HttpServerRequest request) {
    String key = request.headers().get(Headers.API_KEY);
    String identity = key == null || key.isBlank() ? null : identity(key.strip());
    if (identity != null && !identities.enter(identity)) {
      return Place.refused(
          refused("identity", FailureCode.UNAVAILABLE, "Per-identity connection limit reached"));
    }
    connections.incrementAndGet();
    return Place.taken(
        () -> {
          connections.decrementAndGet();
          if (identity != null) {
            identities.leave(identity);
          }
        });
  }

  /** Keys themselves are not kept. */
  private String identity(String key) {
    try {
      Mac mac = Mac.getInstance(DIGEST);
      mac.init(secret);
      return HexFormat.of().formatHex(mac.doFinal(key.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + DIGEST, e);
    }
  }
}
