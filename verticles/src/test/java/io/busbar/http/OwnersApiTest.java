package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.edge.HttpOptions;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnershipMember;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.security.Access;
import io.busbar.testing.ClusterNodes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Owners over HTTP, on a real member. */
class OwnersApiTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static HttpFront front;
  private static OwnershipMember member;

  @BeforeAll
  static void start() throws Exception {
    member = OwnershipMember.start(CLUSTER, "n1", OwnershipOptions.DEFAULTS);
    HttpFronts fronts =
        new HttpFronts(
            HttpOptions.defaults().withAddress("127.0.0.1", 0),
            UnaryOperator.identity(),
            member.members(),
            new NoWorkers(),
            Access.OPEN,
            new SimpleMeterRegistry());
    front =
        fronts.front(
            same ->
                new LaneClients(new ScriptedCalls(), member.channels(), null, member.ownership()));
    member.get(() -> front.start(member.lane()).<Void>mapEmpty());
  }

  @AfterAll
  static void stop() throws Exception {
    CLUSTER.close();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front.port() + path))
        .timeout(Duration.ofSeconds(60));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> put(String key, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        request("/v1/owners/" + key).PUT(HttpRequest.BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static JsonObject done(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
    return new JsonObject(answer.body());
  }

  private static String code(HttpResponse<String> answer) {
    return new JsonObject(answer.body()).getString("code");
  }

  private static String epoch(JsonObject owner) {
    return Long.toString(owner.getLong("epoch"));
  }

  @Test
  void aClaimAnswersWithTheEpochAndWhenItExpires() throws Exception {
    HttpResponse<String> answer = put("fresh", "{\"host\":\"shop\",\"ttl\":\"30s\"}");
    JsonObject owner = done(answer);
    assertEquals("shop", owner.getString("host"));
    assertEquals("\"" + epoch(owner) + "\"", answer.headers().firstValue("etag").orElseThrow());
    assertTrue(owner.getString("expires").endsWith("Z"), owner.encode());
  }

  @Test
  void aKeyOfASessionThatIsOverShowsWhenItEnded() throws Exception {
    JsonObject owner = done(put("over", "{\"host\":\"over\",\"incarnation\":7}"));
    long before = System.currentTimeMillis();
    member.get(() -> member.ownership().endSession(new Holder("over", 7), "it is dead"));
    long after = System.currentTimeMillis();
    String shown = done(send(request("/v1/owners/over"))).getString("expires");
    long ended = Instant.parse(shown).toEpochMilli();
    assertTrue(before <= ended && ended <= after, shown);
    while (System.currentTimeMillis() <= after) {
      Thread.onSpinWait();
    }
    JsonObject later = done(send(request("/v1/owners/over")));
    assertEquals(shown, later.getString("expires"), "it does not move");
    assertEquals(owner.getLong("epoch"), later.getLong("epoch"));
  }

  @Test
  void aReleaseNeedsTheKeysEpoch() throws Exception {
    JsonObject owner = done(put("guarded", "{\"host\":\"shop\"}"));
    HttpResponse<String> without = send(request("/v1/owners/guarded").DELETE());
    assertEquals(400, without.statusCode(), without.body());
    HttpResponse<String> wrong =
        send(request("/v1/owners/guarded").DELETE().header("If-Match", "17"));
    assertEquals(412, wrong.statusCode(), wrong.body());
    HttpResponse<String> huge =
        send(request("/v1/owners/guarded").DELETE().header("If-Match", "9223372036854775808"));
    assertEquals(400, huge.statusCode(), huge.body());
    JsonObject still = done(send(request("/v1/owners/guarded")));
    assertEquals("shop", still.getString("host"));
    assertEquals(owner.getLong("epoch"), still.getLong("epoch"));
  }

  @Test
  void aClaimThatIsSentAgainWithItsKeyGetsTheFirstAnswer() throws Exception {
    JsonObject first = done(put("sent", "{\"host\":\"shop\"}", "Idempotency-Key", "r-1"));
    JsonObject again = done(put("sent", "{\"host\":\"shop\"}", "Idempotency-Key", "r-1"));
    assertEquals(first.getLong("epoch"), again.getLong("epoch"));
    send(request("/v1/owners/sent").DELETE().header("If-Match", epoch(first)));
    // It is no new claim, and the grant that it made is over.
    HttpResponse<String> late = put("sent", "{\"host\":\"shop\"}", "Idempotency-Key", "r-1");
    assertEquals("stale_epoch", code(late), late.body());
    assertEquals("", done(send(request("/v1/owners/sent"))).getString("host"));
  }

  @Test
  void aWatcherThatComesBackGetsWhatItMissed() throws Exception {
    String id = nextId("first", null);
    done(put("missed", "{\"host\":\"shop\"}"));
    nextId("missed", id);
  }

  /** Id of the event of a key; after = where the watch resumes, null = it claims the key itself. */
  private static String nextId(String key, String after) throws Exception {
    HttpRequest.Builder watch = request("/v1/owners/watch");
    HttpResponse<InputStream> events =
        HTTP.send(
            (after == null ? watch : watch.header("Last-Event-ID", after)).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      String id = "";
      boolean claimed = after != null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("event: live") && !claimed) {
          claimed = true;
          done(put(key, "{\"host\":\"shop\"}"));
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ") && line.contains("\"" + key + "\"")) {
          return id;
        }
      }
    }
    throw new AssertionError("the watch ended before " + key);
  }

  @Test
  void aClaimOfAnotherHostIsAConflict() throws Exception {
    done(put("taken", "{\"host\":\"shop-1\"}"));
    HttpResponse<String> refused = put("taken", "{\"host\":\"shop-2\"}");
    assertEquals(409, refused.statusCode());
    assertEquals("owned", code(refused));
    assertTrue(refused.body().contains("owned by shop-1"), refused.body());
  }

  @Test
  void aWrongEpochIsAFailedPrecondition() throws Exception {
    done(put("stale", "{\"host\":\"shop\"}"));
    HttpResponse<String> refused = put("stale", "{}", "If-Match", "\"17\"");
    assertEquals(412, refused.statusCode());
    assertEquals("stale_epoch", code(refused));
  }

  @Test
  void aRenewalWithATtlChangesTheLease() throws Exception {
    JsonObject owner = done(put("longer", "{\"host\":\"longer\",\"ttl\":\"30s\"}"));
    JsonObject renewed = done(put("longer", "{\"ttl\":\"never\"}", "If-Match", epoch(owner)));
    assertNull(renewed.getString("expires"), renewed.encode());
  }

  @Test
  void aRenewalKeepsTheEpoch() throws Exception {
    JsonObject owner = done(put("kept", "{\"host\":\"shop\"}"));
    JsonObject renewed = done(put("kept", "{\"ttl\":\"60s\"}", "If-Match", epoch(owner)));
    assertEquals(owner.getLong("epoch"), renewed.getLong("epoch"));
  }

  @Test
  void aMoveGivesANewEpochToTheOtherHost() throws Exception {
    JsonObject owner = done(put("moved", "{\"host\":\"shop\"}"));
    JsonObject moved = done(put("moved", "{\"host\":\"n1\"}", "If-Match", epoch(owner)));
    assertEquals("n1", moved.getString("host"));
    assertNotEquals(owner.getLong("epoch"), moved.getLong("epoch"));
  }

  @Test
  void aSealedKeyStaysItsHoldersUntilUnsealed() throws Exception {
    JsonObject owner = done(put("sealed", "{\"host\":\"shop\"}"));
    String sealed = "{\"state\":\"sealed\",\"target\":\"n1\"}";
    assertEquals(
        "sealed", done(put("sealed", sealed, "If-Match", epoch(owner))).getString("state"));
    HttpResponse<String> other =
        put("sealed", "{\"host\":\"x\",\"incarnation\":1}", "If-Match", epoch(owner));
    assertEquals(409, other.statusCode(), other.body());
    JsonObject open = done(put("sealed", "{\"state\":\"owned\"}", "If-Match", epoch(owner)));
    assertEquals("owned", open.getString("state"));
  }

  @Test
  void aReleasedKeyIsNobodys() throws Exception {
    JsonObject owner = done(put("released", "{\"host\":\"shop\"}"));
    HttpRequest.Builder release =
        request("/v1/owners/released").DELETE().header("If-Match", epoch(owner));
    assertEquals("released", done(send(release)).getString("state"));
    assertEquals("", done(send(request("/v1/owners/released"))).getString("host"));
  }

  @Test
  void aKeyThatNobodyEverHadIsNotFound() throws Exception {
    assertEquals(404, send(request("/v1/owners/nobody")).statusCode());
  }

  @Test
  void aKeyMayHoldBlanksAndLettersOfAnyKind() throws Exception {
    JsonObject owner = done(put("a%20c%C3%BC", "{\"host\":\"shop\"}"));
    assertEquals("a cü", owner.getString("key"));
  }

  @Test
  void listsTheKeysOfAHostInPages() throws Exception {
    for (int i = 0; i < 3; i++) {
      done(put("page-" + i, "{\"host\":\"pager\"}"));
    }
    JsonObject first = done(send(request("/v1/owners?host=pager&limit=2")));
    assertEquals(2, first.getJsonArray("owners").size());
    assertTrue(first.getBoolean("more"));
    JsonObject rest = done(send(request("/v1/owners?host=pager&after=page-1")));
    assertEquals("page-2", rest.getJsonArray("owners").getJsonObject(0).getString("key"));
    assertFalse(rest.getBoolean("more"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                    | host is missing",
        "[1]                                   | the body is not a JSON object",
        "{\"host\":7}                          | host is '7'",
        "{\"host\":\"a\",\"ttl\":\"0s\"}       | ttl is '0s'",
        "{\"host\":\"a\",\"ttl\":\"soon\"}     | ttl is 'soon'",
        "{\"host\":\"a\",\"incarnation\":-1}   | incarnation is '-1'",
        "{\"host\":\"a\",\"incarnation\":1.5}  | incarnation is '1.5'",
        "{\"host\":\"a\",\"incarnation\":9007199254740992} | incarnation is '9007199254740992'",
        "{\"host\":\"a\",\"colour\":\"red\"}   | unknown field 'colour'",
        "{\"state\":\"lost\"}                  | state is 'lost'",
      })
  void aBadBodyIsRefusedByField(String body, String detail) throws Exception {
    HttpResponse<String> refused = put("bad", body);
    assertEquals(400, refused.statusCode(), refused.body());
    assertTrue(
        new JsonObject(refused.body()).getString("detail").startsWith(detail), refused.body());
  }

  @Test
  void theWatchersSeeEachChange() throws Exception {
    HttpResponse<InputStream> events =
        HTTP.send(request("/v1/owners/watch").build(), HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); !"event: live".equals(line); ) {
        line = lines.readLine();
      }
      done(put("watched", "{\"host\":\"shop\"}"));
      String line = lines.readLine();
      while (!line.startsWith("data: ") || !line.contains("\"watched\"")) {
        line = lines.readLine();
      }
      assertEquals("claimed", new JsonObject(line.substring(6)).getString("kind"));
    }
  }
}
