package io.busbar.websocket.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelMember;
import io.busbar.channel.RecordingSubscriber;
import io.busbar.channel.Start;
import io.busbar.command.CommandRequest;
import io.busbar.juniper.client.ControlClient;
import io.busbar.juniper.client.JuniperServer;
import io.busbar.juniper.client.TrainingStream;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.Until;
import io.busbar.websocket.control.ControlOptions;
import io.busbar.websocket.training.TrainingOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Java clients, and the relay that uses them, at the real endpoints. */
class RelayOfAGatewayTest {
  private static final ClusterNodes UPSTREAM = new ClusterNodes();
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final Vertx VERTX = Vertx.vertx();
  private static JuniperNode trainer;
  private static JuniperNode trainersTwin;
  private static ChannelMember member;
  private static RelayLane relay;

  @BeforeAll
  static void start() throws Exception {
    TrainingOptions options = TrainingOptions.DEFAULTS.withCaps(100, 100);
    trainer = JuniperNode.start(UPSTREAM, "trainer", options, ControlOptions.DEFAULTS);
    trainersTwin = JuniperNode.start(UPSTREAM, "twin", options, ControlOptions.DEFAULTS);
    trainer.serve("training", command -> Future.succeededFuture(command.params()));
    member = ChannelMember.start(CLUSTER, "relay", JuniperNode.catalog(options));
    relay =
        new RelayLane(
            RelayOptions.of(server(trainer), "training", "training"),
            member.lane(),
            member.members(),
            member.channels(),
            member.commands(),
            new SimpleMeterRegistry());
    member.get(() -> relay.start(member.lane()).<Void>mapEmpty());
  }

  @AfterAll
  static void stop() throws Exception {
    member.get(() -> relay.stop().<Void>mapEmpty());
    CLUSTER.close();
    trainer.stop();
    trainersTwin.stop();
    UPSTREAM.close();
    ClusterNodes.await(VERTX.close());
  }

  private static JuniperServer server(JuniperNode node) {
    return JuniperServer.of(node.socket("").toString()).withOrigin("http://localhost:8050");
  }

  private static String topology(int size) {
    return "{\"type\":\"topology\",\"data\":{\"p\":\"" + "z".repeat(size) + "\"}}";
  }

  @Test
  void aStreamGoesOnAtAnotherNodeAndJoinsWhatWasCut() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    TrainingStream.Listener listener = new Told(told);
    TrainingStream stream = TrainingStream.open(VERTX, server(trainer), listener);
    String instance = next(told, "connected").substring("connected ".length());
    next(told, "initial_metrics");
    trainer.publish(topology(70_000));
    String first = next(told, "topology");
    ClusterNodes.await(stream.close());
    trainer.publish(topology(80_000));
    long seq = Long.parseLong(first.split(" ", -1)[1]);
    TrainingStream again =
        TrainingStream.resume(VERTX, server(trainersTwin), instance, seq, listener);

    String second = next(told, "topology");

    assertTrue(Integer.parseInt(first.split(" ", -1)[2]) > 70_000, first);
    assertTrue(Integer.parseInt(second.split(" ", -1)[2]) > 80_000, second);
    ClusterNodes.await(again.close());
  }

  private record Told(BlockingQueue<String> queue) implements TrainingStream.Listener {
    @Override
    public void message(String type, long seq, Map<String, Object> message) {
      queue.add(type + " " + seq + " " + message.toString().length());
    }

    @Override
    public void connected(String serverInstanceId) {
      queue.add("connected " + serverInstanceId);
    }

    @Override
    public void restarted(String reason) {
      queue.add("restarted " + reason);
    }
  }

  /** The next of that kind; a restart never is what is waited for. */
  private static String next(BlockingQueue<String> told, String kind) throws InterruptedException {
    while (true) {
      String what = told.poll(60, TimeUnit.SECONDS);
      if (what == null || what.startsWith("restarted")) {
        throw new AssertionError(kind + " was awaited, " + what + " came");
      }
      if (what.startsWith(kind)) {
        return what;
      }
    }
  }

  @Test
  void aCommandIsAnswered() throws Exception {
    ControlClient control = ControlClient.open(VERTX, server(trainersTwin));

    ControlClient.ControlAnswer answer =
        ClusterNodes.await(
            control.command("set_params", Map.of("patience", 5), Duration.ofSeconds(30)));

    assertTrue(answer.success(), answer.toString());
    ControlClient.ControlAnswer wrong =
        ClusterNodes.await(control.command("dance", Map.of(), Duration.ofSeconds(30)));
    assertEquals("unknown_command", wrong.code());
    ClusterNodes.await(control.close());
  }

  @Test
  void theRelayShowsTheSameMessagesAndPassesCommandsOn() throws Exception {
    RecordingSubscriber follower = new RecordingSubscriber();
    member.at(() -> member.channels().subscribe("training", Start.OLDEST, follower));
    follower.awaitLive();
    awaitRelay();
    // The state that the relay is told first: from then on it gets what is published.
    follower.awaitFrames(1);
    trainer.publish("{\"type\":\"event\",\"data\":{\"event\":\"relayed\"}}");
    follower.await(() -> has(follower.frames()));

    CommandRequest request =
        CommandRequest.of("training", "set_params", Buffer.buffer("{\"patience\":7}"));
    Future<JsonObject> reply =
        member
            .at(() -> member.commands().send(request).reply())
            .map(done -> new JsonObject(done.getResult().toStringUtf8()));

    assertEquals(7, ClusterNodes.await(reply).getInteger("patience"));
  }

  private static boolean has(List<ChannelFrame> frames) {
    return frames.stream().anyMatch(frame -> frame.data().toString().contains("relayed"));
  }

  private static void awaitRelay() throws Exception {
    Until.holds(() -> member.commands().targets().contains("training"), "the target is not served");
  }
}
