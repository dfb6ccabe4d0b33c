package io.busbar.http;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelMember;
import io.busbar.edge.HttpOptions;
import io.busbar.registry.PoolSummary;
import io.busbar.security.Access;
import io.busbar.testing.ClusterNodes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A front side on a real member of a cluster, whose channels and commands are real. */
final class ChannelStage implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final ChannelMember member;
  private final ClusterNodes cluster = new ClusterNodes();
  private final HttpFront front;

  ChannelStage(ChannelCatalog catalog, Access access) throws Exception {
    member = ChannelMember.start(cluster, "stage", catalog);
    HttpFronts fronts =
        new HttpFronts(
            HttpOptions.defaults().withAddress("127.0.0.1", 0),
            UnaryOperator.identity(),
            member.members(),
            new Nobody(),
            access,
            new SimpleMeterRegistry());
    front =
        fronts.front(
            same ->
                new LaneClients(new ScriptedCalls(), member.channels(), member.commands(), null));
    member.get(() -> front.start(member.lane()).<Void>mapEmpty());
  }

  private static final class Nobody implements WorkerDirectory {
    @Override
    public List<WorkerInfo> workers() {
      return List.of();
    }

    @Override
    public Optional<WorkerInfo> worker(String id) {
      return Optional.empty();
    }

    @Override
    public List<PoolSummary> pools() {
      return List.of();
    }
  }

  int port() {
    return front.port();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front.port() + path))
        .timeout(PATIENCE);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  /** Appends a frame, which must succeed. */
  JsonObject append(String channel, String body, String... headers) throws Exception {
    HttpResponse<String> answer = post("/v1/channels/" + channel + "/frames", body, headers);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return new JsonObject(answer.body());
  }

  /** The events that a client of the channel gets. */
  Events follow(String channel, String query, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:"
                    + front.port()
                    + "/v1/channels/"
                    + channel
                    + "/frames"
                    + query));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new Events(http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
  }

  @Override
  public void close() throws Exception {
    member.get(() -> front.stop().<Void>mapEmpty());
    cluster.close();
  }
}
