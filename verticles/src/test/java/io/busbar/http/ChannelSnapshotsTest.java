package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.training.TrainingForm;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Snapshots of channels over HTTP. */
class ChannelSnapshotsTest {
  private static ChannelStage stage;

  @BeforeAll
  static void open() throws Exception {
    stage =
        new ChannelStage(
            ChannelCatalog.DEFAULTS.with(
                "training", ChannelOptions.DEFAULTS, TrainingForm.of(60_000, 32_000)),
            (key, role) ->
                key == null || role.toString().equals(key)
                    ? null
                    : Failure.of(FailureCode.FORBIDDEN, "no"));
  }

  @AfterAll
  static void close() throws Exception {
    stage.close();
  }

  private static HttpResponse<String> put(String path, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        stage.request("/v1/channels/" + path).PUT(HttpRequest.BodyPublishers.ofByteArray(body));
    return stage.send(headers.length == 0 ? request : request.headers(headers));
  }

  private static String at(JsonObject frame) {
    return "epoch=" + frame.getLong("epoch") + "&offset=" + frame.getLong("offset");
  }

  @Test
  void whatIsStoredIsShownAndGivenToFollowers() throws Exception {
    JsonObject frame = stage.append("state", "1");
    stage.append("state", "2");
    HttpResponse<String> stored =
        put(
            "state/snapshot?" + at(frame),
            "one".getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "text/plain; charset=utf-8");
    assertEquals(200, stored.statusCode(), stored.body());
    assertEquals(1, new JsonObject(stored.body()).getLong("offset"));

    JsonObject shown = new JsonObject(stage.get("/v1/channels/state/snapshot").body());
    assertEquals(frame.getLong("epoch"), shown.getLong("epoch"));
    assertEquals(1, shown.getLong("offset"));
    assertEquals("one", shown.getString("data"));
    assertEquals("text/plain; charset=utf-8", shown.getString("content_type"));
    try (Events events = stage.follow("state", "")) {
      Events.Event first = events.next();
      assertEquals("snapshot", first.name());
      assertEquals("one", first.data());
      assertEquals("2", events.next().data());
    }
  }

  @Test
  void oneThatIsNoTextIsShownInBase64() throws Exception {
    JsonObject frame = stage.append("bytes", "1");
    byte[] bytes = {(byte) 0xff, 0, 1};
    assertEquals(200, put("bytes/snapshot?" + at(frame), bytes).statusCode());
    JsonObject shown = new JsonObject(stage.get("/v1/channels/bytes/snapshot").body());
    assertEquals(Base64.getEncoder().encodeToString(bytes), shown.getString("base64"));
  }

  @Test
  void anOlderOneIsIgnored() throws Exception {
    JsonObject first = stage.append("older", "1");
    JsonObject second = stage.append("older", "2");
    assertEquals(
        200,
        put("older/snapshot?" + at(second), "new".getBytes(StandardCharsets.UTF_8)).statusCode());
    assertEquals(
        200,
        put("older/snapshot?" + at(first), "old".getBytes(StandardCharsets.UTF_8)).statusCode());
    JsonObject shown = new JsonObject(stage.get("/v1/channels/older/snapshot").body());
    assertEquals("new", shown.getString("data"));
  }

  @Test
  void theTrainingChannelMakesItsOwn() throws Exception {
    JsonObject frame =
        stage.append(
            "training",
            "{\"type\":\"state\",\"data\":{\"status\":\"Paused\",\"phase\":\"Output\"}}");
    HttpResponse<String> refused =
        put("training/snapshot?" + at(frame), "x".getBytes(StandardCharsets.UTF_8));
    assertEquals(422, refused.statusCode(), refused.body());
    JsonObject shown = new JsonObject(stage.get("/v1/channels/training/snapshot").body());
    assertEquals("application/x-ndjson", shown.getString("content_type"));
    String[] lines = shown.getString("data").split("\n");
    assertEquals(2, lines.length, shown.encode());
    assertEquals(0, new JsonObject(lines[0]).getInteger("total_metrics"));
    assertEquals("state", new JsonObject(lines[1]).getString("type"));
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, bad/snapshot, 400, epoch is missing",
    "PUT, bad/snapshot?epoch=1, 400, offset is missing",
    "PUT, bad/snapshot?epoch=x&offset=1, 400, epoch is 'x'",
    "PUT, bad/snapshot?epoch=1&offset=-1, 400, offset is '-1'",
    "PUT, Bad/snapshot?epoch=1&offset=1, 400, channel 'Bad'",
    "PUT, busbar.own/snapshot?epoch=1&offset=1, 403, written by the gateway only",
    "PUT, nobody/snapshot?epoch=1&offset=1, 404, there is no channel",
    "PUT, there/snapshot?epoch=1&offset=1, 409, the newest frame is",
    "GET, there/snapshot, 404, has no snapshot",
    "GET, nobody/snapshot, 404, there is no channel",
    "GET, Bad/snapshot, 400, channel 'Bad'",
  })
  void badInputIsNamed(String method, String path, int status, String detail) throws Exception {
    stage.append("there", "1");
    HttpResponse<String> answer =
        stage.send(
            stage
                .request("/v1/channels/" + path)
                .method(method, HttpRequest.BodyPublishers.ofString("x")));
    assertEquals(status, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains(detail), answer.body());
  }

  @Test
  void oneThatIsTooLargeIsRefused() throws Exception {
    JsonObject frame = stage.append("large", "1");
    HttpResponse<String> refused = put("large/snapshot?" + at(frame), new byte[(1 << 20) + 1]);
    assertEquals(413, refused.statusCode(), refused.body());
  }

  @ParameterizedTest
  @CsvSource({"GET, PUBLISH, 403", "GET, SUBSCRIBE, 404", "PUT, SUBSCRIBE, 403"})
  void theRoleDecides(String method, String key, int status) throws Exception {
    HttpResponse<String> answer =
        stage.send(
            stage
                .request("/v1/channels/roles/snapshot?epoch=1&offset=1")
                .header("x-api-key", key)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    assertEquals(status, answer.statusCode(), answer.body());
  }
}
