package io.busbar.gateway.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code channel follow} at nodes that the test plays, and which go away. */
class FollowedChannelTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final ScriptedNode first = new ScriptedNode();
  private final ScriptedNode second = new ScriptedNode();

  /** Answers the streams that it is asked for with one text after the other, and breaks each. */
  private final class ScriptedNode {
    private final List<String> places = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> streams = new CopyOnWriteArrayList<>();
    private String other = "";
    private AnsweringPort port;

    void open() throws Exception {
      port = new AnsweringPort(this::answer);
    }

    String address() {
      return port.url().substring("http://".length());
    }

    private void answer(HttpServerRequest request) {
      HttpServerResponse response = request.response();
      if (request.path().equals("/v1/nodes")) {
        JsonObject addresses = new JsonObject().put("http", other);
        JsonArray nodes = new JsonArray().add(new JsonObject().put("addresses", addresses));
        response.end(new JsonObject().put("nodes", nodes).encode());
        return;
      }
      String place = request.getHeader("Last-Event-ID");
      int stream = places.size();
      asked.add(request.uri());
      places.add(place == null ? "" : place);
      if (stream >= streams.size()) {
        request.connection().close();
        return;
      }
      response.setChunked(true).putHeader("Content-Type", "text/event-stream");
      response.write(streams.get(stream)).onComplete(sent -> request.connection().close());
    }
  }

  private static String event(String name, String id, String data) {
    return (name.isEmpty() ? "" : "event: " + name + "\n")
        + "id: "
        + id
        + "\ndata: "
        + data
        + "\n\n";
  }

  @BeforeEach
  void open() throws Exception {
    first.open();
    second.open();
  }

  @AfterEach
  void close() throws Exception {
    first.port.close();
    second.port.close();
  }

  private int follow(String... more) {
    List<String> words = new ArrayList<>(List.of("channel", "follow", "demo"));
    words.addAll(List.of("--url", "http://" + first.address()));
    words.addAll(List.of(more));
    return BusbarCli.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.toArray(String[]::new));
  }

  @Test
  void beginsWithTheOffsetOfTheEpochThatIsAskedFor() throws Exception {
    first.streams.add(event("", "5:3", "three"));
    assertEquals(ExitCode.OK, follow("--from", "3", "--epoch", "5", "--count", "1"));
    assertEquals(List.of("/v1/channels/demo/frames?after=2&epoch=5"), first.asked);
  }

  @Test
  void anEpochWithoutAnOffsetIsWrongUsage() throws Exception {
    assertEquals(ExitCode.USAGE, follow("--epoch", "5"));
    assertEquals(List.of(), first.asked);
  }

  @Test
  void goesOnAfterTheLastFrameWhenTheStreamBreaks() {
    first.streams.add(event("live", "5:0", "{}") + event("", "5:1", "one"));
    first.streams.add(event("", "5:2", "two") + event("live", "5:2", "{}"));
    assertEquals(ExitCode.OK, follow("--count", "2"), err.toString());
    assertEquals("one\ntwo\n", out.toString());
    assertEquals(List.of("", "5:1"), first.places);
  }

  @Test
  void goesOnAtAnotherNodeOfTheCluster() {
    first.other = second.address();
    first.streams.add(event("", "5:1", "one"));
    second.streams.add(event("", "5:2", "two"));
    assertEquals(ExitCode.OK, follow("--count", "2"), err.toString());
    assertEquals("one\ntwo\n", out.toString());
    assertEquals(List.of("5:1"), second.places);
  }

  @Test
  void endsWhenTheEpochIsGoneMeanwhile() {
    first.streams.add(event("", "5:1", "one"));
    first.streams.add(
        event("reset", "6:0", "{\"reason\":\"epoch\",\"epoch\":6,\"next\":1}")
            + event("", "6:1", "other"));
    assertEquals(ExitCode.FAILED, follow());
    assertEquals("one\n", out.toString());
    assertTrue(
        err.toString()
            .contains("cannot go on after 5:1: epoch, the channel is at epoch 6; follow it anew"),
        err.toString());
  }

  @Test
  void endsWhenNoNodeIsFoundInTime() {
    first.streams.add(event("", "5:1", "one"));
    int code = follow("--patience", "1ms");
    assertTrue(code == ExitCode.UNREACHABLE || code == ExitCode.RETRY, code + ": " + err);
    assertEquals("one\n", out.toString());
  }

  @Test
  void isNotTriedAgainWhereNothingWasFollowedYet() {
    first.streams.add(": nothing yet\n\n");
    assertEquals(ExitCode.RETRY, follow());
    assertEquals(List.of(""), first.places);
  }
}
