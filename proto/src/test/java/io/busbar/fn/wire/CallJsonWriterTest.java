package io.busbar.fn.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.bus.v1.Header;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The call JSON as Fn's load balancer writes it. */
class CallJsonWriterTest {
  private static final String ID = "01HZX3T7Q4NG8G00GZJ0000042";

  private static final CallFunction RESIZE =
      new CallFunction(
          "fn-1",
          "app-1",
          "media",
          "",
          "registry.example/acme/resize:1.4.2",
          30,
          60,
          256,
          Map.of("BUCKET", "thumbs", "FN_TYPE", "sync"),
          Map.of("acme.example/tier", new JsonObject().put("gold", true)),
          "tcp://logs.example:514");

  private static List<Header> headers(String... pairs) {
    List<Header> headers = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.add(Header.newBuilder().setName(pairs[i]).setValue(pairs[i + 1]).build());
    }
    return headers;
  }

  private static String write(CallFunction function, boolean detached, List<Header> headers) {
    return new String(
        new CallJsonWriter(function)
            .write(
                ID, detached, "POST", "http://gw.example/invoke/fn-1", headers, 1_768_472_423_123L),
        StandardCharsets.UTF_8);
  }

  @Test
  void aWholeCallIsWrittenByteForByte() {
    assertEquals(
        """
        {"id":"01HZX3T7Q4NG8G00GZJ0000042","status":"running","type":"sync",\
        "url":"http://gw.example/invoke/fn-1","method":"POST",\
        "headers":{"Content-Type":["text/plain"],"X-Tag":["a","b"]},\
        "created_at":"2026-01-15T10:20:23.123Z","started_at":"2026-01-15T10:20:23.123Z",\
        "completed_at":"0001-01-01T00:00:00.000Z",\
        "image":"registry.example/acme/resize:1.4.2","timeout":30,"idle_timeout":60,"memory":256,\
        "config":{"BUCKET":"thumbs","FN_TYPE":"sync"},\
        "annotations":{"acme.example/tier":{"gold":true}},"syslog_url":"tcp://logs.example:514",\
        "app_id":"app-1","app_name":"media","trigger_id":"","fn_id":"fn-1"}""",
        write(RESIZE, false, headers("content-type", "text/plain", "x-tag", "a", "X-TAG", "b")));
  }

  @Test
  void emptyThingsAreLeftOutButIdsAndTimesAreNot() {
    assertEquals(
        """
        {"id":"01HZX3T7Q4NG8G00GZJ0000042","status":"running","type":"detached",\
        "url":"http://gw.example/invoke/fn-1","method":"POST",\
        "created_at":"2026-01-15T10:20:23.123Z","started_at":"2026-01-15T10:20:23.123Z",\
        "completed_at":"0001-01-01T00:00:00.000Z","timeout":7,"idle_timeout":30,\
        "app_id":"","app_name":"","trigger_id":"","fn_id":""}""",
        write(CallFunction.ofTimeout(7), true, List.of()));
  }

  @Test
  void textAndAnnotationsSurviveAnyCharacter() {
    Map<String, Object> annotations = new HashMap<>();
    annotations.put("list", List.of(1, 2.5, "é\"\\\n"));
    annotations.put("none", null);
    CallFunction odd =
        new CallFunction("f", "", "", "", "", 1, 1, 0, Map.of("K", "\u0001ü"), annotations, "");

    JsonObject read = new JsonObject(write(odd, false, headers("x-odd", "\"\\é")));

    assertEquals("\u0001ü", read.getJsonObject("config").getString("K"));
    assertEquals("é\"\\\n", read.getJsonObject("annotations").getJsonArray("list").getString(2));
    assertEquals(2.5, read.getJsonObject("annotations").getJsonArray("list").getDouble(1));
    assertEquals("\"\\é", read.getJsonObject("headers").getJsonArray("X-Odd").getString(0));
  }

  @Test
  void aFunctionWithoutTimeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> CallFunction.ofTimeout(0));
  }

  @ParameterizedTest
  @CsvSource({
    "content-type,Content-Type",
    "X-REQ,X-Req",
    "X-Req,X-Req",
    "fn-http-h-a,Fn-Http-H-A",
    "a b,a b",
    "etag,Etag",
    "x_y-z,X_y-Z"
  })
  void headerNamesAreWrittenAsGoDoes(String given, String expected) {
    assertEquals(expected, HeaderNames.canonical(given));
  }
}
