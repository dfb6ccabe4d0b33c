package io.busbar.gateway.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * What {@code busbar owner} asks a gateway that the test plays, and what it makes of the answer.
 */
class OwnerCommandsTest {
  private static final JsonObject OWNER =
      new JsonObject()
          .put("key", "cart-7")
          .put("state", "owned")
          .put("host", "shop-1")
          .put("epoch", 1760078723000L)
          .put("expires", "2025-10-10T06:45:53Z");

  /** One request: method and path, If-Match or "", body. */
  private record Asked(String what, String ifMatch, String body) {}

  private final Map<String, JsonObject> answers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private volatile String resumed = "";
  private AnsweringPort port;
  private String url;

  @BeforeEach
  void open() throws Exception {
    port = new AnsweringPort(this::answer);
    url = port.url();
  }

  @AfterEach
  void close() throws Exception {
    port.close();
  }

  private void answer(HttpServerRequest request) {
    String what = request.method() + " " + request.uri();
    String ifMatch = request.getHeader("If-Match");
    if (request.path().equals("/v1/owners/watch")) {
      resumed = String.valueOf(request.getHeader("Last-Event-ID"));
      request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
      request.response().write("event: live\nid: 5:1\ndata: {}\n\n");
      request
          .response()
          .write(
              "id: 5:2\ndata: {\"kind\":\"moved\",\"key\":\"cart-7\",\"host\":\"shop-2\",\"epoch\":9,"
                  + "\"previous\":\"shop-1\"}\n\n");
      return;
    }
    request
        .body()
        .onSuccess(
            body -> {
              asked.add(new Asked(what, ifMatch == null ? "" : ifMatch, body.toString()));
              JsonObject shown = answers.getOrDefault(what, problem("not_found", 404));
              request.response().setStatusCode(shown.getInteger("status", 200)).end(shown.encode());
            });
  }

  private static JsonObject problem(String code, int status) {
    return new JsonObject()
        .put("type", "urn:busbar:problem:" + code)
        .put("code", code)
        .put("status", status)
        .put("detail", "it is owned by shop-2")
        .put("retryable", status == 503);
  }

  private int run(String... args) {
    CommandLine line = BusbarCli.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    List<String> all = new java.util.ArrayList<>(List.of(args));
    all.addAll(List.of("--url", url));
    return line.execute(all.toArray(String[]::new));
  }

  @Test
  void aClaimNamesHostAndLeaseAndNoEpoch() {
    answers.put("PUT /v1/owners/cart-7", OWNER);
    assertEquals(
        ExitCode.OK,
        run("owner", "claim", "cart-7", "--host", "shop-1", "--ttl", "30s"),
        err::toString);
    assertEquals("", asked.get(0).ifMatch());
    assertEquals(
        new JsonObject().put("host", "shop-1").put("ttl", "30s"),
        new JsonObject(asked.get(0).body()));
    assertTrue(out.toString().contains("1760078723000"), out::toString);
  }

  @Test
  void aClaimThatIsRefusedSaysWhoseTheKeyIsAndIsNotWorthARetry() {
    answers.put("PUT /v1/owners/cart-7", problem("owned", 409));
    assertEquals(ExitCode.FAILED, run("owner", "claim", "cart-7", "--host", "shop-1"));
    assertTrue(err.toString().contains("owned by shop-2"), err::toString);
  }

  @Test
  void aClaimWithoutAMajorityIsWorthARetry() {
    answers.put("PUT /v1/owners/cart-7", problem("no_majority", 503));
    assertEquals(ExitCode.RETRY, run("owner", "claim", "cart-7", "--host", "shop-1"));
  }

  @Test
  void renewalsAndReleasesCarryTheEpoch() {
    answers.put("PUT /v1/owners/cart-7", OWNER);
    answers.put("DELETE /v1/owners/cart-7", OWNER);
    assertEquals(ExitCode.OK, run("owner", "renew", "cart-7", "--epoch", "17"), err::toString);
    assertEquals(ExitCode.OK, run("owner", "release", "cart-7", "--epoch", "18"), err::toString);
    assertEquals(List.of("\"17\"", "\"18\""), asked.stream().map(Asked::ifMatch).toList());
  }

  @Test
  void aReleaseWithoutAnEpochIsWrongUsage() {
    assertEquals(ExitCode.USAGE, run("owner", "release", "cart-7"));
    assertEquals(List.of(), asked);
  }

  @Test
  void aListAsksForTheNextPageAfterTheLastKey() {
    answers.put(
        "GET /v1/owners?limit=10000&host=shop-1&after=",
        new JsonObject().put("owners", new JsonArray().add(OWNER)).put("more", true));
    answers.put(
        "GET /v1/owners?limit=10000&host=shop-1&after=cart-7",
        new JsonObject()
            .put("owners", new JsonArray().add(OWNER.copy().put("key", "cart-8")))
            .put("more", false));
    assertEquals(
        ExitCode.OK, run("owner", "list", "--host", "shop-1", "-o", "json"), err::toString);
    JsonArray owners = new JsonObject(out.toString()).getJsonArray("owners");
    assertEquals("cart-8", owners.getJsonObject(1).getString("key"));
    assertEquals(2, owners.size());
  }

  @Test
  void aKeyWithASlashOrBlankIsOneSegmentOfThePath() {
    answers.put("GET /v1/owners/a%20b%2Fc", OWNER);
    assertEquals(ExitCode.OK, run("owner", "get", "a b/c"), () -> err + " " + asked);
  }

  @Test
  void aWatchPrintsAChangeALineAndResumesAfterAnId() {
    assertEquals(
        ExitCode.OK, run("owner", "watch", "--after", "5:1", "--count", "1"), err::toString);
    assertEquals("5:1", resumed);
    assertEquals("moved key=cart-7 host=shop-2 epoch=9 previous=shop-1", out.toString().trim());
  }
}
