package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelOptions;
import io.busbar.channel.Snapshot;
import io.busbar.security.Access;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Channels over HTTP, on real sockets. */
class ChannelsApiTest {
  private static final ChannelOptions SMALL = ChannelOptions.DEFAULTS.withCapacity(64);
  private static final ChannelCatalog CATALOG =
      new ChannelCatalog(
          40,
          1,
          ChannelOptions.DEFAULTS,
          Map.of(
              "cut", SMALL.withSlow(ChannelOptions.Slow.DISCONNECT, 8),
              "gap", SMALL.withSlow(ChannelOptions.Slow.GAP, 8)));

  private static ChannelStage stage;

  @BeforeAll
  static void open() throws Exception {
    stage = new ChannelStage(CATALOG, Access.OPEN);
  }

  @AfterAll
  static void close() throws Exception {
    stage.close();
  }

  private static void assertProblem(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, new JsonObject(answer.body()).getString("code"), answer.body());
  }

  @Test
  void anAppendAnswersWhereTheFrameIs() throws Exception {
    JsonObject first = stage.append("append", "{\"n\":1}");
    JsonObject second = stage.append("append", "{\"n\":2}");

    assertEquals(1, first.getLong("offset"));
    assertEquals(2, second.getLong("offset"));
    assertEquals(first.getLong("epoch"), second.getLong("epoch"));
  }

  @Test
  void anAppendWithAKnownKeyIsAnsweredAsBefore() throws Exception {
    JsonObject first = stage.append("key", "x", "Idempotency-Key", "k1");
    JsonObject again = stage.append("key", "x", "Idempotency-Key", "k1");

    assertEquals(first.getLong("offset"), again.getLong("offset"));
    assertTrue(again.getBoolean("duplicate"));
  }

  @Test
  void anAppendAfterAnotherOffsetThanTheNewestIsAConflict() throws Exception {
    stage.append("if", "1");

    assertProblem(409, "conflict", stage.post("/v1/channels/if/frames?if_offset=0", "2"));
    assertEquals(200, stage.post("/v1/channels/if/frames?if_offset=1", "2").statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "POST, bad/frames?if_offset=x, invalid_request, 400, if_offset is 'x'",
    "POST, bad/frames?epoch=-1&if_offset=1, invalid_request, 400, epoch is '-1'",
    "GET, bad/frames?limit=0, invalid_request, 400, limit is '0'",
    "GET, bad/frames?limit=10001, invalid_request, 400, limit is '10001'",
    "GET, bad/frames?after=1&after=2, invalid_request, 400, 'after is ''1,2'''",
    "GET, Capital/frames?limit=1, invalid_request, 400, channel 'Capital'",
    "GET, nobody/frames?limit=1, not_found, 404, there is no channel 'nobody'",
    "GET, nobody, not_found, 404, there is no channel 'nobody'",
  })
  void badInputIsNamed(String method, String path, String code, int status, String detail)
      throws Exception {
    HttpResponse<String> answer =
        stage.send(
            stage
                .request("/v1/channels/" + path)
                .method(method, HttpRequest.BodyPublishers.ofString("x")));

    assertProblem(status, code, answer);
    assertTrue(answer.body().contains(detail), answer.body());
  }

  @Test
  void aKeyThatLooksLikeOneOfOursIsRefused() throws Exception {
    assertProblem(
        400,
        "invalid_request",
        stage.post("/v1/channels/append/frames", "x", "Idempotency-Key", "~1"));
  }

  @Test
  void aFrameThatIsTooLargeIsRefused() throws Exception {
    assertProblem(
        413,
        "too_large",
        stage.post("/v1/channels/large/frames", "x".repeat(CATALOG.of("large").maxFrame() + 1)));
  }

  @Test
  void aPageHasTheFramesAndWhereTheyAre() throws Exception {
    stage.append("page", "a", "Content-Type", "text/plain", "Busbar-Key", "k");
    stage.append("page", "b");
    HttpRequest.BodyPublisher binary = HttpRequest.BodyPublishers.ofByteArray(new byte[] {-1, 0});
    stage.send(stage.request("/v1/channels/page/frames").POST(binary));

    JsonObject page = new JsonObject(stage.get("/v1/channels/page/frames?limit=2").body());
    JsonObject rest = new JsonObject(stage.get("/v1/channels/page/frames?limit=9&after=2").body());

    assertEquals(4, page.getLong("next"));
    assertEquals(2, page.getJsonArray("frames").size());
    JsonObject first = page.getJsonArray("frames").getJsonObject(0);
    assertEquals("a", first.getString("data"));
    assertEquals("k", first.getString("key"));
    assertEquals("text/plain", first.getString("content_type"));
    assertEquals("/wA=", rest.getJsonArray("frames").getJsonObject(0).getString("base64"));
  }

  @Test
  void aChannelIsListedWithItsFollowers() throws Exception {
    stage.append("listed", "x");
    try (Events events = stage.follow("listed", "")) {
      events.await("live");
      JsonObject shown = new JsonObject(stage.get("/v1/channels/listed").body());

      assertEquals(2, shown.getLong("next"));
      assertEquals(1, shown.getJsonObject("subscribers").getInteger("stage"));
      assertTrue(stage.get("/v1/channels").body().contains("\"name\":\"listed\""));
    }
  }

  @Test
  void whoFollowsGetsWhatIsAppended() throws Exception {
    try (Events events = stage.follow("live", "")) {
      assertEquals(
          "text/event-stream", events.response.headers().firstValue("content-type").orElse(""));
      events.await("live");
      JsonObject done = stage.append("live", "two\nlines");

      Events.Event event = events.next();

      assertEquals("two\nlines", event.data());
      assertEquals(done.getLong("epoch") + ":1", event.id());
    }
  }

  @Test
  void whoComesBackGoesOnAfterItsLastEvent() throws Exception {
    long epoch = 0;
    for (int n = 1; n <= 4; n++) {
      epoch = stage.append("back", "f" + n).getLong("epoch");
    }
    try (Events events = stage.follow("back", "", "Last-Event-ID", epoch + ":2")) {
      assertEquals("f3", events.next().toString());
      assertEquals("f4", events.next().toString());
    }
  }

  @Test
  void whoComesBackWithAnotherEpochIsToldToStartAnew() throws Exception {
    stage.append("other", "x");
    try (Events events = stage.follow("other", "", "Last-Event-ID", "7:2")) {
      Events.Event reset = events.next();

      assertEquals("reset", reset.name());
      assertEquals("epoch", new JsonObject(reset.data()).getString("reason"));
      assertEquals("x", events.next().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "a:b", "1:2:3", "99999999999999999999:1"})
  void aLastEventIdThatIsNoneIsRefused(String id) throws Exception {
    HttpResponse<String> answer =
        stage.send(stage.request("/v1/channels/back/frames").header("Last-Event-ID", id));

    assertProblem(400, "invalid_request", answer);
    assertTrue(answer.body().contains("Last-Event-ID"), answer.body());
  }

  @Test
  void aSnapshotIsFollowedByTheFrameAfterItWhateverIsAppendedMeanwhile() throws Exception {
    stage.append("snap", "1");
    List<Future<?>> appended = new ArrayList<>();
    for (int n = 2; n <= 300; n++) {
      JsonObject done = stage.append("snap", String.valueOf(n));
      if (n % 50 == 0) {
        Snapshot state =
            new Snapshot(done.getLong("epoch"), n, "text/plain", Buffer.buffer("up to " + n), 0);
        Future<?> stored = stage.member.at(() -> stage.member.channels().store("snap", state));
        appended.add(stored);
        if (n == 50) {
          // The later ones are on their way while somebody comes; one is there for all who come.
          ClusterNodes.await(stored);
        }
        try (Events events = stage.follow("snap", "")) {
          stage.append("snap", String.valueOf(++n));
          Events.Event first = events.next();
          assertEquals("snapshot", first.name());
          long offset = first.offset();
          while (offset < n) {
            Events.Event next = events.next();
            if (!next.name().equals("live")) {
              assertEquals(++offset, next.offset());
              assertEquals(String.valueOf(offset), next.data());
            }
          }
        }
      }
    }
    ClusterNodes.await(Future.join(appended));
    assertEquals(6, appended.stream().filter(Future::succeeded).count());
  }

  @Test
  void aFollowerThatDoesNotReadIsEndedAndOthersAreNot() throws Exception {
    try (Events slow = stage.follow("cut", "");
        Events good = stage.follow("cut", "")) {
      slow.await("live");
      good.await("live");
      flood("cut", good);

      JsonObject problem = new JsonObject(slow.await("ended").data());

      assertEquals("no_progress", problem.getString("code"));
    }
  }

  @Test
  void aFollowerThatDoesNotReadIsToldOfTheGapOnSuchAChannel() throws Exception {
    try (Events slow = stage.follow("gap", "");
        Events good = stage.follow("gap", "")) {
      slow.await("live");
      good.await("live");
      flood("gap", good);

      JsonObject gap = new JsonObject(slow.await("gap").data());

      assertEquals(gap.getLong("to") + 1, slow.next().offset());
    }
  }

  /** More than the sockets hold, read by one of the followers. */
  private static void flood(String channel, Events good) throws Exception {
    String large = "x".repeat(200_000);
    for (int n = 1; n <= 200; n++) {
      stage.append(channel, large);
      assertEquals(n, good.next().offset());
    }
  }

  @Test
  void aHeadIsAnsweredWithoutEvents() throws Exception {
    HttpResponse<String> answer =
        stage.send(
            stage
                .request("/v1/channels/live/frames")
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertEquals(200, answer.statusCode());
    assertEquals("text/event-stream", answer.headers().firstValue("content-type").orElse(""));
  }
}
