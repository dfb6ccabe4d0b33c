package io.busbar.gateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trainer that is relayed to 10 000 dashboards, which a process of its own holds open. Each of
 * the two needs as many open files.
 */
@Tag("long")
class ManyDashboardsIT {
  private static final int DASHBOARDS = 10_000;
  private static final int AT_ONCE = 50;
  private static final int FRAMES = 30;
  private static final long PATIENCE_SECONDS = 240;
  private static final String CAP = String.valueOf(DASHBOARDS + 100);
  private static final byte[] EPOCH = "\"epoch\":".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CountDownLatch content = new CountDownLatch(DASHBOARDS);
  private final AtomicInteger wrong = new AtomicInteger();
  private final List<FanoutSocket> open = new ArrayList<>();
  private NetClient sockets;
  private NodeProcess trainer;
  private NodeProcess gateway;

  @BeforeEach
  void start() {
    sockets = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    trainer = NodeProcess.start("trainer", directory, "--set", "cluster.name=trainer");
    gateway =
        NodeProcess.start(
            "gateway",
            directory,
            "--set",
            "cluster.name=gateway",
            "--set",
            "training.upstream=ws://" + trainer.ready().get("http"),
            "--set",
            "training.upstream-origin=http://localhost:8050",
            "--set",
            "http.max-connections=" + CAP,
            "--set",
            "http.max-websockets=" + CAP,
            "--set",
            "training.max-connections=" + CAP,
            "--set",
            "training.max-per-ip=" + CAP);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    gateway.close();
    trainer.close();
  }

  /** Looks at each frame's number; content with the last one. On its event loop. */
  private final class Dashboard implements FanoutSocket.Listener {
    private FanoutSocket socket;
    private int last;

    @Override
    public boolean text(Buffer data, int from, int to) {
      int epoch = epoch(data, from, to);
      if (epoch > 0) {
        if (epoch != last + 1) {
          wrong.incrementAndGet();
        }
        last = epoch;
        if (epoch == FRAMES) {
          content.countDown();
        }
        return false;
      }
      String text = data.getString(from, to);
      if (text.startsWith("{\"type\":\"ping\"") && socket != null) {
        socket.pong();
      }
      return text.startsWith("{\"type\":\"initial_metrics\"");
    }

    private Future<FanoutSocket> open() {
      int port = URI.create("ws://" + gateway.ready().get("http")).getPort();
      return FanoutSocket.open(sockets, port, "/ws/training", "{\"type\":\"pong\"}", this)
          .onSuccess(opened -> socket = opened);
    }
  }

  /** The number of a row of metrics, 0 = it is something else. */
  private static int epoch(Buffer data, int from, int to) {
    for (int at = from; at + EPOCH.length < to; at++) {
      int same = 0;
      while (same < EPOCH.length && data.getByte(at + same) == EPOCH[same]) {
        same++;
      }
      if (same == EPOCH.length) {
        int number = 0;
        for (int i = at + same; i < to && Character.isDigit(data.getByte(i)); i++) {
          number = 10 * number + data.getByte(i) - '0';
        }
        return number;
      }
    }
    return 0;
  }

  private void connectAll() throws Exception {
    while (open.size() < DASHBOARDS) {
      List<Future<FanoutSocket>> some = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        some.add(new Dashboard().open());
      }
      Target.await(Future.all(some), PATIENCE_SECONDS);
      some.forEach(each -> open.add(each.result()));
    }
  }

  private void train(int epoch) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(trainer.http("/v1/channels/training/frames"))
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"type\":\"metrics\",\"data\":{\"epoch\":" + epoch + "}}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
  }

  /** Connections of the training stream, as a node counts them. */
  private static int watched(NodeProcess node) {
    String shown = node.get(node.management("/metrics")).body();
    Matcher line =
        Pattern.compile("cascor_ws_connections_active\\{[^}]*endpoint=\"training\"[^}]*} (\\d+)")
            .matcher(shown);
    assertTrue(line.find(), shown);
    return Integer.parseInt(line.group(1));
  }

  @Test
  void theyCostTheTrainerOneConnectionAndMissNothing() throws Exception {
    connectAll();
    for (int epoch = 1; epoch <= FRAMES; epoch++) {
      train(epoch);
    }
    assertTrue(
        content.await(PATIENCE_SECONDS, TimeUnit.SECONDS),
        () -> content.getCount() + " have not got all, " + wrong + " came out of order");

    assertEquals(0, wrong.get());
    assertEquals(DASHBOARDS, watched(gateway));
    assertEquals(1, watched(trainer));
  }
}
