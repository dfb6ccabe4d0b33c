package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The events of one channel, read from one node; when that goes away, from it or another one of its
 * cluster, after the frame that was told last. One thread.
 */
final class FollowedChannel {
  private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

  private final GatewayClient first;
  private final String scheme;
  private final String path;
  private final long patience;
  private final EventLines.Reader reader;
  private List<GatewayClient> nodes;

  /** Id of the newest event, "" = there was none. */
  private String place = "";

  /** Since the newest event the stream broke. */
  private boolean resuming;

  /**
   * @param patience nanoseconds without a node, after which its failure is told
   * @param reader given each event once
   */
  FollowedChannel(
      GatewayClient client, URI base, String path, long patience, EventLines.Reader reader) {
    this.first = client;
    this.scheme = base.getScheme();
    this.path = path;
    this.patience = patience;
    this.reader = reader;
    this.nodes = List.of(client);
  }

  /** Blocks; the reader's exit code, or a {@link CliException}. */
  int follow() {
    int at = 0;
    long pause = SHORTEST_PAUSE;
    long brokeAt = 0;
    while (true) {
      try {
        List<String> headers = place.isEmpty() ? List.of() : List.of("Last-Event-ID", place);
        return new EventLines(this::told).read(nodes.get(at).stream(path, headers));
      } catch (CliException broken) {
        boolean passes =
            broken.exitCode() == ExitCode.RETRY || broken.exitCode() == ExitCode.UNREACHABLE;
        if (!passes || place.isEmpty()) {
          throw broken;
        }
        if (!resuming) {
          resuming = true;
          brokeAt = System.nanoTime();
          pause = SHORTEST_PAUSE;
        } else if (System.nanoTime() - brokeAt > patience) {
          throw broken;
        }
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      at = (at + 1) % nodes.size();
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause / 2, pause));
    }
  }

  private Integer told(String event, String id, String data) {
    if (event.equals("ended")) {
      return reader.told(event, id, data);
    }
    if (place.isEmpty()) {
      nodes = known();
    }
    String before = place;
    place = id.isEmpty() ? place : id;
    Integer end = reader.told(event, id, data);
    if (resuming && event.equals("reset")) {
      JsonObject why = new JsonObject(data);
      throw new CliException(
          ExitCode.FAILED,
          "cannot go on after "
              + before
              + ": "
              + why.getString("reason", "")
              + ", the channel is at epoch "
              + why.getLong("epoch", 0L)
              + "; follow it anew");
    }
    resuming = false;
    return end;
  }

  /** The node that is followed, and the others while they can still be asked for. */
  private List<GatewayClient> known() {
    List<GatewayClient> all = new ArrayList<>(List.of(first));
    try {
      JsonArray found = first.get("/v1/nodes").getJsonArray("nodes", new JsonArray());
      for (int i = 0; i < found.size(); i++) {
        JsonObject node = found.getJsonObject(i);
        String http = node.getJsonObject("addresses", new JsonObject()).getString("http", "");
        if (!node.getBoolean("self", false) && !http.isEmpty()) {
          all.add(first.at(URI.create(scheme + "://" + http)));
        }
      }
    } catch (CliException | IllegalArgumentException notTold) {
      // A gateway that tells no nodes is followed by its own address alone.
      return List.of(first);
    }
    return all;
  }
}
