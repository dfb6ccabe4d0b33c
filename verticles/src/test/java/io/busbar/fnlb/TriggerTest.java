package io.busbar.fnlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.FakeCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /t/{app}/{source…}}: headers are renamed on the way in and on the way out. */
class TriggerTest {
  private FnLbStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new FnLbStage();
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  @Test
  void theFunctionSeesWhatItsClientSentUnderNamesOfItsOwn() throws Exception {
    HttpRequest request =
        stage
            .request("/t/media/echo?a=1&b=%20")
            .method("PATCH", HttpRequest.BodyPublishers.ofString("hi"))
            .headers("content-type", "text/x", "x-req", "a", "te", "trailers", "x-req", "b")
            .build();
    CompletableFuture<HttpResponse<String>> answer =
        stage.http1.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    FakeCall call = stage.calls.next();
    JsonObject json = new JsonObject(call.request().head().getOriginal().toStringUtf8());
    JsonObject headers = json.getJsonObject("headers");

    assertEquals("fn-echo:/echo", json.getString("trigger_id"));
    assertEquals("PATCH", json.getString("method"));
    assertEquals(new JsonArray().add("text/x"), headers.getJsonArray("Content-Type"));
    assertEquals(new JsonArray().add("a").add("b"), headers.getJsonArray("Fn-Http-H-X-Req"));
    assertEquals(new JsonArray().add("2"), headers.getJsonArray("Fn-Http-H-Content-Length"));
    assertEquals(new JsonArray().add("PATCH"), headers.getJsonArray("Fn-Http-Method"));
    assertEquals(
        new JsonArray().add("http://127.0.0.1:" + stage.port + "/t/media/echo?a=1&b=%20"),
        headers.getJsonArray("Fn-Http-Request-Url"));
    assertEquals(new JsonArray().add("httprequest"), headers.getJsonArray("Fn-Intent"));
    assertTrue(
        headers.fieldNames().stream()
            .allMatch(
                name ->
                    name.startsWith("Fn-Http-H-")
                        || Set.of(
                                "Content-Type",
                                "Fn-Http-Method",
                                "Fn-Http-Request-Url",
                                "Fn-Intent")
                            .contains(name)),
        headers.fieldNames().toString());
    assertTrue(headers.fieldNames().stream().noneMatch(n -> n.contains("Te")), "te travels");
    assertTrue(headers.fieldNames().stream().noneMatch(n -> n.contains("Host")), "host travels");

    call.respond(200).succeed();
    assertEquals(200, answer.get(30, TimeUnit.SECONDS).statusCode());
  }

  @Test
  void theClientSeesWhatTheFunctionMeantForIt() throws Exception {
    stage.calls.script(
        call ->
            call.respond(
                    200,
                    "Content-Type",
                    "text/y",
                    "Fn-Http-Status",
                    "201",
                    "Fn-Http-H-Location",
                    "/there",
                    "X-Inner",
                    "secret",
                    "Fn-Http-H-Content-Length",
                    "999")
                .send(Buffer.buffer("made"))
                .succeed());

    HttpResponse<String> response = stage.get("/t/media/echo");

    assertEquals(201, response.statusCode());
    assertEquals("made", response.body());
    assertEquals("text/y", response.headers().firstValue("content-type").orElse(""));
    assertEquals("/there", response.headers().firstValue("location").orElse(""));
    assertTrue(response.headers().firstValue("fn-call-id").isPresent());
    assertTrue(response.headers().firstValue("x-inner").isEmpty());
    assertTrue(response.headers().firstValue("fn-http-status").isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    // status of ResultStart, Fn-Http-Status, status of the answer
    "200,,200",
    "202,,200",
    "404,,404",
    "502,,502",
    "200,404,404",
    "500,200,200",
    "200,99,500",
    "200,1000,500",
    "200,abc,500"
  })
  void theStatusIsTheFunctionsElseTheRunners(int runner, String function, int status)
      throws Exception {
    stage.calls.script(
        call ->
            (function == null
                    ? call.respond(runner)
                    : call.respond(runner, "Fn-Http-Status", function))
                .succeed());
    assertEquals(status, stage.get("/t/media/echo").statusCode());
  }

  @ParameterizedTest
  @CsvSource({"/t/media,200", "/t/media/,200", "/t/media/echo/,404", "/t/other/echo,404"})
  void theSourceIsTheWholeRestOfThePath(String path, int status) throws Exception {
    stage.calls.script(call -> call.respond(200).succeed());
    assertEquals(status, stage.get(path).statusCode());
  }
}
