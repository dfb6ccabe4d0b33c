package io.busbar.gateway.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page for browsers. */
class AdminPageTest {
  private static final Access KEYS =
      (key, role) -> Failure.of(FailureCode.UNAUTHENTICATED, "no API key, expected one");

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient browser = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void open() throws Exception {
    ManagementOptions options =
        new ManagementOptions("127.0.0.1", 0, 10, 4096, 10_000, Duration.ofSeconds(60));
    port = await(new ManagementServer(vertx, options, null, new ReadyNode(), KEYS).start());
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return browser.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void itIsShownToAllAndItsFactsOnlyWithAKey() throws Exception {
    HttpResponse<String> page = get("/");
    assertEquals(200, page.statusCode());
    assertEquals("text/html; charset=utf-8", page.headers().firstValue("content-type").get());
    assertEquals(401, get("/info").statusCode());
    assertEquals(401, get("/metrics").statusCode());
  }

  @Test
  void whatItRefersToIsServed() throws Exception {
    Matcher reference = Pattern.compile("(?:href|src)=\"([^\"]+)\"").matcher(get("/").body());
    int found = 0;
    while (reference.find()) {
      found++;
      int status = get("/" + reference.group(1)).statusCode();
      assertTrue(status == 200 || status == 401, reference.group(1) + " answers " + status);
    }
    assertEquals(6, found);
  }

  @Test
  void nothingElseMayBeLoadedOrRunInline() throws Exception {
    for (String path : List.of("/", "/admin.css", "/admin.js")) {
      String policy = get(path).headers().firstValue("content-security-policy").orElseThrow();
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
      assertFalse(policy.contains("unsafe"), policy);
    }
    String page = get("/").body();
    assertFalse(page.contains("<script>") || page.contains("style=") || page.contains("onclick"));
  }

  @Test
  void itsScriptReadsWhatThePortServes() throws Exception {
    Matcher asked = Pattern.compile("(?:fetch|ask)\\('(\\w+)'").matcher(get("/admin.js").body());
    int found = 0;
    while (asked.find()) {
      found++;
      int status = get("/" + asked.group(1)).statusCode();
      assertTrue(status == 200 || status == 401, asked.group(1) + " answers " + status);
    }
    assertEquals(3, found);
  }
}
