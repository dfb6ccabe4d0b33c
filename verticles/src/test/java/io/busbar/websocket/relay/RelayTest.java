package io.busbar.websocket.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.CommandReply;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelMember;
import io.busbar.channel.RecordingSubscriber;
import io.busbar.channel.Start;
import io.busbar.command.CommandRequest;
import io.busbar.juniper.client.ScriptedServer;
import io.busbar.juniper.client.ScriptedServer.Connection;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.Until;
import io.busbar.websocket.training.TrainingOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes that relay a scripted trainer. */
class RelayTest {
  private static final String INSTANCE = "6f0d2c1e-8d5b-4a3e-9a54-0f6b6f2f9b11";
  private static final ChannelCatalog CATALOG = JuniperNode.catalog(TrainingOptions.DEFAULTS);

  private final ClusterNodes cluster = new ClusterNodes();
  private final Map<String, ChannelMember> members = new HashMap<>();
  private final Map<String, RelayLane> relays = new HashMap<>();
  private ScriptedServer trainer;

  @BeforeEach
  void open() throws Exception {
    trainer = new ScriptedServer();
    // Three, so that a majority is left when one is lost.
    for (String name : List.of("a", "b", "c")) {
      members.put(name, ChannelMember.start(cluster, name, CATALOG));
    }
  }

  @AfterEach
  void close() throws Exception {
    for (Map.Entry<String, RelayLane> relay : relays.entrySet()) {
      ChannelMember member = members.get(relay.getKey());
      if (member != null) {
        member.get(() -> relay.getValue().stop().<Void>mapEmpty());
      }
    }
    cluster.close();
    trainer.close();
  }

  private void relay() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      ChannelMember at = members.get(name);
      RelayLane relay =
          new RelayLane(
              RelayOptions.of(trainer.where(), "training", "training"),
              at.lane(),
              at.members(),
              at.channels(),
              at.commands(),
              new SimpleMeterRegistry());
      relays.put(name, relay);
      at.get(() -> relay.start(at.lane()).<Void>mapEmpty());
    }
  }

  /** The two connections of the node that relays, the stream's first. */
  private Connection[] connected() throws Exception {
    Connection one = trainer.accept();
    Connection two = trainer.accept();
    boolean stream = one.path.equals("/ws/training");
    return stream ? new Connection[] {one, two} : new Connection[] {two, one};
  }

  private Connection begun() throws Exception {
    Connection stream = connected()[0];
    greet(stream);
    assertEquals("pong", stream.json().getString("type"));
    return stream;
  }

  private static void greet(Connection stream) throws Exception {
    stream.say(
        "{\"type\":\"connection_established\",\"data\":{\"server_instance_id\":\""
            + INSTANCE
            + "\"}}");
  }

  private static String row(int epoch) {
    return "{\"type\":\"metrics\",\"timestamp\":1.5,\"data\":{\"epoch\":"
        + epoch
        + "},\"seq\":"
        + epoch
        + ",\"emitted_at_monotonic\":7.25}";
  }

  private RecordingSubscriber follow() throws Exception {
    RecordingSubscriber subscriber = new RecordingSubscriber();
    ChannelMember at = other();
    at.at(() -> at.channels().subscribe("training", Start.OLDEST, subscriber));
    return subscriber;
  }

  @Test
  void whatTheTrainerSaysIsOnTheChannelAsItSaidIt() throws Exception {
    relay();
    RecordingSubscriber follower = follow();
    Connection stream = begun();
    stream.say(row(1));
    stream.say(row(2));
    follower.awaitFrames(2);

    assertEquals(
        "{\"type\":\"metrics\",\"timestamp\":1.5,\"data\":{\"epoch\":1},"
            + "\"emitted_at_monotonic\":7.25}",
        follower.frames().get(0).data().toString());
    assertEquals(List.of(), follower.wrong());
  }

  @Test
  void aMessageThatTheTrainerCutIsWholeForFollowers() throws Exception {
    relay();
    RecordingSubscriber follower = follow();
    Connection stream = begun();
    String[] slices = {"{\\\"type\\\":\\\"topology\\\",\\\"da", "ta\\\":{\\\"x\\\":1}}"};
    for (int i = 0; i < 2; i++) {
      stream.say(
          "{\"type\":\"chunked_message\",\"data\":{\"chunk_id\":\"c\",\"chunk_index\":"
              + i
              + ",\"total_chunks\":2,\"original_type\":\"topology\",\"payload\":\""
              + slices[i]
              + "\"},\"seq\":"
              + (1 + i)
              + ",\"emitted_at_monotonic\":7.25}");
    }
    follower.awaitFrames(1);

    JsonObject message = new JsonObject(follower.frames().get(0).data());
    assertEquals("topology", message.getString("type"));
    assertEquals(1, message.getJsonObject("data").getInteger("x"));
    assertEquals(7.25, message.getDouble("emitted_at_monotonic"));
  }

  @Test
  void aBrokenConnectionIsResumed() throws Exception {
    relay();
    RecordingSubscriber follower = follow();
    Connection stream = begun();
    stream.say(row(1));
    stream.drop();
    Connection again = trainer.accept();
    greet(again);

    JsonObject resume = again.json().getJsonObject("data");

    assertEquals(1, resume.getLong("last_seq"));
    again.say("{\"type\":\"resume_ok\",\"data\":{\"replayed_count\":1}}");
    again.say(row(2));
    follower.awaitFrames(2);
  }

  @Test
  void anotherNodeTakesOverWhereTheLostOneStopped() throws Exception {
    relay();
    RecordingSubscriber follower = follow();
    Connection stream = begun();
    stream.say(row(1));
    stream.say(row(2));
    follower.awaitFrames(2);
    // Without its copies the channel's ring may go with the node, and a new epoch begins.
    for (ChannelMember member : members.values()) {
      assertTrue(member.awaitSafe(), "copies are not made");
    }
    Future<Void> gone = members.remove(leader()).kill();
    Connection taken = connected()[0];
    greet(taken);

    JsonObject resume = taken.json();

    assertEquals("resume", resume.getString("type"));
    assertEquals(2, resume.getJsonObject("data").getLong("last_seq"));
    assertEquals(INSTANCE, resume.getJsonObject("data").getString("server_instance_id"));
    taken.say("{\"type\":\"resume_ok\",\"data\":{\"replayed_count\":1}}");
    taken.say(row(3));
    follower.awaitFrames(3);
    assertEquals(List.of(), follower.wrong());
    ClusterNodes.await(gone.otherwiseEmpty());
  }

  /** None of the nodes says when it was started, so the ids decide. */
  private String leader() {
    return members.entrySet().stream()
        .min(Map.Entry.comparingByValue(Comparator.comparing(one -> one.endpoint().node())))
        .orElseThrow()
        .getKey();
  }

  private ChannelMember other() {
    String leader = leader();
    return members.entrySet().stream()
        .filter(one -> !one.getKey().equals(leader))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  @Test
  void aMessageThatIsRelayedTwiceIsThereOnce() throws Exception {
    relay();
    RecordingSubscriber follower = follow();
    begun().say(row(1));
    follower.awaitFrames(1);
    // A second node believes that it leads too.
    RelayMeters meters = new RelayMeters(new SimpleMeterRegistry());
    Connection[] second = secondRelay(meters);
    second[0].json();
    second[0].say("{\"type\":\"resume_failed\",\"data\":{\"reason\":\"out_of_range\"}}");
    second[0].say(row(1));
    second[0].say(row(2));
    follower.awaitFrames(2);

    assertTrue(follower.frames().get(1).data().toString().contains("\"epoch\":2"));
    assertEquals(1, meters.gaps.count(), "what the trainer could not replay is counted");
  }

  private Connection[] secondRelay(RelayMeters meters) throws Exception {
    ChannelMember at = other();
    at.at(
        () -> {
          new Relay(
                  RelayOptions.of(trainer.where(), "training", "training"),
                  at.lane(),
                  at.channels(),
                  at.commands(),
                  meters)
              .start();
          return null;
        });
    Connection[] connections = connected();
    greet(connections[0]);
    return connections;
  }

  @Test
  void commandsGoToTheTrainerAndItsAnswersBack() throws Exception {
    relay();
    Connection control = connected()[1];
    control.say("{\"type\":\"connection_established\",\"data\":{\"channel\":\"control\"}}");
    ChannelMember asker = other();
    CommandRequest request =
        CommandRequest.of("training", "set_params", Buffer.buffer("{\"patience\":5}"));
    awaitTarget(asker);
    Future<CommandReply> reply = asker.at(() -> asker.commands().send(request).reply());
    JsonObject command = control.json();
    control.say(
        "{\"type\":\"command_response\",\"data\":{\"command\":\"set_params\",\"status\":\"success\","
            + "\"command_id\":\""
            + command.getString("command_id")
            + "\",\"result\":{\"applied\":[\"patience\"]}}}");

    assertEquals("set_params", command.getString("command"));
    assertEquals(5, command.getJsonObject("params").getInteger("patience"));
    assertEquals(
        "{\"applied\":[\"patience\"]}", ClusterNodes.await(reply).getResult().toStringUtf8());
  }

  private static void awaitTarget(ChannelMember at) throws Exception {
    Until.holds(() -> at.commands().targets().contains("training"), "nobody serves the target");
  }
}
