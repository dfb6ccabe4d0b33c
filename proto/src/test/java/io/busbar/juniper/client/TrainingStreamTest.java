package io.busbar.juniper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The training stream's client against a scripted server. */
class TrainingStreamTest {
  private static final String INSTANCE = "6f0d2c1e-8d5b-4a3e-9a54-0f6b6f2f9b11";

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private ScriptedServer server;
  private TrainingStream stream;

  private final TrainingStream.Listener listener =
      new TrainingStream.Listener() {
        @Override
        public void message(String type, long seq, Map<String, Object> message) {
          told.add(seq + " " + type + " " + message.get("data"));
        }

        @Override
        public void restarted(String reason) {
          told.add("restarted " + reason);
        }
      };

  @BeforeEach
  void open() throws Exception {
    server = new ScriptedServer();
  }

  @AfterEach
  void close() throws Exception {
    ScriptedServer.await(stream.close());
    server.close();
  }

  private String next() throws InterruptedException {
    String what = told.poll(60, TimeUnit.SECONDS);
    if (what == null) {
      throw new AssertionError("nothing was told");
    }
    return what;
  }

  private static void greet(ScriptedServer.Connection client, String instance) throws Exception {
    client.say(
        "{\"type\":\"connection_established\",\"data\":{\"server_instance_id\":\""
            + instance
            + "\"}}");
  }

  private static String event(long seq, String data) {
    return "{\"type\":\"event\",\"data\":{\"event\":\"" + data + "\"},\"seq\":" + seq + "}";
  }

  /** The client is fresh, and has got the frame 1. */
  private ScriptedServer.Connection begun() throws Exception {
    stream = TrainingStream.open(server.vertx, server.where(), listener);
    ScriptedServer.Connection client = server.accept();
    greet(client, INSTANCE);
    assertEquals("pong", client.json().getString("type"));
    client.say(event(1, "a"));
    assertEquals("1 event {event=a}", next());
    return client;
  }

  private JsonObject resumed(ScriptedServer.Connection client) throws Exception {
    greet(client, INSTANCE);
    JsonObject resume = client.json();
    assertEquals("resume", resume.getString("type"));
    return resume.getJsonObject("data");
  }

  @Test
  void messagesAreToldInOrderWithTheirNumbers() throws Exception {
    ScriptedServer.Connection client = begun();
    client.say("{\"type\":\"state\",\"data\":{}}");
    client.say(event(2, "b"));

    assertEquals("/ws/training", client.path);
    assertEquals("0 state {}", next());
    assertEquals("2 event {event=b}", next());
  }

  @Test
  void aPingIsAnswered() throws Exception {
    ScriptedServer.Connection client = begun();
    client.say("{\"type\":\"ping\",\"ts\":1.0}");

    assertEquals("{\"type\":\"pong\"}", client.next());
  }

  @Test
  void slicesAreToldAsTheMessageTheyWereUnderTheLastNumber() throws Exception {
    ScriptedServer.Connection client = begun();
    String[] slices = {"{\\\"type\\\":\\\"topology\\\",\\\"da", "ta\\\":{\\\"x\\\":1}}"};
    for (int i = 0; i < 2; i++) {
      client.say(
          "{\"type\":\"chunked_message\",\"data\":{\"chunk_id\":\"c\",\"chunk_index\":"
              + i
              + ",\"total_chunks\":2,\"original_type\":\"topology\",\"payload\":\""
              + slices[i]
              + "\"},\"seq\":"
              + (2 + i)
              + "}");
    }

    assertEquals("3 topology {x=1}", next());
  }

  @Test
  void whatIsNoMessageIsSkipped() throws Exception {
    ScriptedServer.Connection client = begun();
    for (String odd : new String[] {"", "{", "[]", "7", "{\"type\":null}", "{\"data\":{}}"}) {
      client.say(odd);
    }
    client.say(event(2, "b"));

    assertEquals("2 event {event=b}", next());
  }

  @Test
  void aBrokenConnectionIsResumedAndWhatComesTwiceIsToldOnce() throws Exception {
    begun().drop();
    ScriptedServer.Connection again = server.accept();

    JsonObject resume = resumed(again);

    assertEquals(1, resume.getLong("last_seq"));
    assertEquals(INSTANCE, resume.getString("server_instance_id"));
    again.say("{\"type\":\"resume_ok\",\"data\":{\"replayed_count\":1}}");
    again.say(event(1, "a"));
    again.say(event(2, "b"));
    assertEquals("2 event {event=b}", next());
  }

  @Test
  void aServerThatCannotReplayIsToldAndTheStreamBeginsAnew() throws Exception {
    begun().drop();
    ScriptedServer.Connection again = server.accept();
    resumed(again);
    again.say("{\"type\":\"resume_failed\",\"data\":{\"reason\":\"server_restarted\"}}");
    again.say("{\"type\":\"initial_status\",\"data\":{}}");
    again.say(event(40, "x"));

    assertEquals("restarted server_restarted", next());
    assertEquals("0 initial_status {}", next());
    assertEquals("40 event {event=x}", next());
  }

  @Test
  void aMissingNumberIsFetchedWithAnotherConnection() throws Exception {
    begun().say(event(3, "c"));
    ScriptedServer.Connection again = server.accept();

    assertEquals(1, resumed(again).getLong("last_seq"));
    again.say("{\"type\":\"resume_ok\",\"data\":{\"replayed_count\":2}}");
    again.say(event(2, "b"));
    again.say(event(3, "c"));
    assertEquals("2 event {event=b}", next());
    assertEquals("3 event {event=c}", next());
  }

  @Test
  void aConnectionThatBreaksBeforeTheFirstNumberIsResumedToo() throws Exception {
    stream = TrainingStream.open(server.vertx, server.where(), listener);
    ScriptedServer.Connection client = server.accept();
    greet(client, INSTANCE);
    client.say("{\"type\":\"initial_metrics\",\"data\":{\"current_seq\":7}}");
    assertTrue(next().startsWith("0 initial_metrics"));
    client.drop();

    assertEquals(7, resumed(server.accept()).getLong("last_seq"));
  }

  @Test
  void aSilentServerIsLeft() throws Exception {
    stream =
        TrainingStream.open(
            server.vertx, server.where().withSilence(Duration.ofMillis(50)), listener);
    server.accept();

    server.accept();
  }

  @Test
  void eachConnectionThatResumesMakesTheNextPauseAFirstOne() throws Exception {
    stream = TrainingStream.open(server.vertx, server.whereEachPauseIsLonger(), listener);
    ScriptedServer.Connection client = server.accept();
    greet(client, INSTANCE);
    client.say(event(1, "a"));
    assertEquals("1 event {event=a}", next());
    for (int i = 0; i < ScriptedServer.MANY_CONNECTIONS; i++) {
      client.drop();
      client = server.accept();
      resumed(client);
      client.say("{\"type\":\"resume_ok\",\"data\":{\"replayed_count\":0}}");
    }
  }
}
