package io.busbar.http;

import io.busbar.bus.Lane;
import io.busbar.edge.EdgeNode;
import io.busbar.edge.HttpOptions;
import io.busbar.edge.WebSocketDoor;
import io.busbar.member.Members;
import io.busbar.security.Access;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The HTTP front side of one node: what its lanes have in common. Make it outside the event loops,
 * it reads a resource.
 */
public final class HttpFronts {
  private final EdgeNode edge;
  private final Members members;
  private final WorkerDirectory workers;
  private final Buffer openApi;
  private final Buffer asyncApi;
  private volatile String trainingChannel = "training";

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
    this.edge = new EdgeNode(options, customizer, access, registry);
    this.members = members;
    this.workers = workers;
    this.openApi = resource("openapi.json");
    this.asyncApi = resource("asyncapi.json");
  }

  /**
   * The front side of one lane.
   *
   * @param clients gives the lane's client APIs, asked once at the start
   * @param door takes requests for a WebSocket; null = they are requests like others
   */
  public HttpFront front(Function<Lane, LaneClients> clients, WebSocketDoor door) {
    return new HttpFront(this, clients, door);
  }

  /** The front side of one lane, without WebSockets. */
  public HttpFront front(Function<Lane, LaneClients> clients) {
    return front(clients, null);
  }

  /** Names the channel of the training stream; before the fronts are started. */
  public HttpFronts withTraining(String channel) {
    trainingChannel = channel;
    return this;
  }

  String trainingChannel() {
    return trainingChannel;
  }

  EdgeNode edge() {
    return edge;
  }

  Members members() {
    return members;
  }

  WorkerDirectory workers() {
    return workers;
  }

  Buffer openApi() {
    return openApi;
  }

  /** Describes the WebSockets. */
  Buffer asyncApi() {
    return asyncApi;
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
