package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTP/1.0, as curl -0 and ab speak it. */
class Http10Test {
  private static final String POST = "POST /v1/pools/echo/calls HTTP/1.0\r\n";

  private HttpStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  @Test
  void aCallIsAnsweredAndItsConnectionCloses() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 5\r\nConnection: keep-alive\r\n\r\nhello");
      String head = raw.head().toLowerCase(java.util.Locale.ROOT);
      assertTrue(head.startsWith("http/1.0 200 "), head);
      assertTrue(head.contains("connection: close"), head);
      assertFalse(head.contains("chunked"), head);
      assertEquals("hello", raw.rest());
    }
  }

  @Test
  void aBodyThatComesInPiecesIsNotChunked() throws Exception {
    stage.calls.script(call -> call.respond(200).write("one,"));
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 0\r\n\r\n");
      String head = raw.head();
      assertFalse(head.contains("chunked"), head);
      assertEquals("one,", raw.bytes(4));
      ScriptedCall call = stage.opened();
      HttpStage.await(
          stage.onContext(
              () -> {
                call.write("two").finish();
                return io.vertx.core.Future.succeededFuture();
              }));
      assertEquals("two", raw.rest());
    }
  }

  @Test
  void aBodyThatBreaksEndsWithAReset() throws Exception {
    stage.calls.script(call -> call.respond(200).write("half"));
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 0\r\n\r\n");
      raw.head();
      assertEquals("half", raw.bytes(4));
      ScriptedCall call = stage.opened();
      HttpStage.await(
          stage.onContext(
              () -> {
                call.fail(Failure.of(FailureCode.WORKER_LOST, "gone"));
                return io.vertx.core.Future.succeededFuture();
              }));
      assertEquals("<reset>", raw.rest());
    }
  }

  @Test
  void theApiAnswersToo() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send("GET /v1/pools HTTP/1.0\r\n\r\n");
      assertTrue(raw.rest().contains("\"default\""));
    }
  }

  @Test
  void aClientThatDoesNotWaitForContinueIsNotAskedTo() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nok");
      assertTrue(raw.head().startsWith("HTTP/1.0 200 "));
      assertEquals("ok", raw.rest());
    }
  }
}
