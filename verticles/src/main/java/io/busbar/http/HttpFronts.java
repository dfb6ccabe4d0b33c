package io.busbar.http;

import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.member.Members;
import io.busbar.security.Access;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The HTTP front side of one node: what its lanes have in common. Make it outside the event loops,
 * it reads a resource.
 */
public final class HttpFronts {
  private final HttpOptions options;
  private final UnaryOperator<HttpServerOptions> customizer;
  private final Members members;
  private final WorkerDirectory workers;
  private final Access access;
  private final MeterRegistry registry;
  private final Buffer openApi;
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param customizer last word on the server's options: TLS
   */
  public HttpFronts(
      HttpOptions options,
      UnaryOperator<HttpServerOptions> customizer,
      Members members,
      WorkerDirectory workers,
      Access access,
      MeterRegistry registry) {
    this.options = options;
    this.customizer = customizer;
    this.members = members;
    this.workers = workers;
    this.access = access;
    this.registry = registry;
    this.openApi = resource("openapi.json");
    registry.gauge("busbar.http.connections", connections);
  }

  /**
   * The front side of one lane.
   *
   * @param calls gives the lane's calls, asked once at the start
   */
  public HttpFront front(Function<Lane, Calls> calls) {
    return new HttpFront(this, calls);
  }

  HttpOptions options() {
    return options;
  }

  HttpServerOptions serverOptions() {
    return customizer.apply(options.serverOptions());
  }

  Members members() {
    return members;
  }

  WorkerDirectory workers() {
    return workers;
  }

  Access access() {
    return access;
  }

  MeterRegistry registry() {
    return registry;
  }

  Buffer openApi() {
    return openApi;
  }

  /** Open connections of the node. */
  AtomicInteger connections() {
    return connections;
  }

  private static Buffer resource(String name) {
    try (InputStream in = HttpFronts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
