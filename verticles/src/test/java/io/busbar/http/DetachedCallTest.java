package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls whose client does not wait for the answer. */
class DetachedCallTest {
  private static final String ECHO = "/v1/pools/echo/calls";

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
  void isAcceptedOnceTakenAndItsBodyWasRead() throws Exception {
    stage.calls.script(ScriptedCall::take);
    HttpResponse<String> response = stage.post(ECHO, "work", "busbar-detached", "true");

    ScriptedCall call = stage.opened();
    assertEquals(202, response.statusCode());
    assertEquals("/v1/calls/" + call.id(), response.headers().firstValue("location").orElse(""));
    assertEquals(call.id().toString(), new JsonObject(response.body()).getString("call_id"));
    assertTrue(call.request().head().getDetached());
    assertEquals(4, call.requestBody().bytesIn());
    assertTrue(call.requestBody().ended());
  }

  @Test
  void goesOnWhenItsClientLeaves() throws Exception {
    stage.calls.script(ScriptedCall::take);
    try (RawClient raw = stage.raw()) {
      raw.send(
          "POST "
              + ECHO
              + " HTTP/1.1\r\nHost: x\r\nBusbar-Detached: true\r\nContent-Length: 2\r\n\r\nab");
      assertTrue(raw.head().contains(" 202 "));
    }
    ScriptedCall call = stage.opened();
    Future<Void> drained = stage.onContext(() -> stage.front.drain().mapEmpty());
    assertFalse(call.cancelSeen().isDone());
    assertFalse(drained.isComplete());
    call.onContext(() -> call.respond(200).write("dropped").finish());
    HttpStage.await(drained);
    assertFalse(call.cancelSeen().isDone());
  }

  @Test
  void isCancelledWhenItsClientLeavesInTheMiddleOfTheBody() throws Exception {
    stage.calls.script(ScriptedCall::take);
    try (RawClient raw = stage.raw()) {
      raw.send(
          "POST "
              + ECHO
              + " HTTP/1.1\r\nHost: x\r\nBusbar-Detached: true\r\nContent-Length: 20\r\n\r\nab");
      stage.opened();
    }
    Failure reason = stage.opened().cancelSeen().get(30, TimeUnit.SECONDS);
    assertEquals(FailureCode.CALLER_GONE, reason.code());
  }

  @Test
  void isRefusedWithAProblem() throws Exception {
    stage.calls.script(call -> call.fail(Failure.of(FailureCode.NO_SUCH_POOL, "no pool echo")));
    HttpResponse<String> response = stage.post(ECHO, "work", "busbar-detached", "true");

    assertEquals(404, response.statusCode());
    assertEquals("no_such_pool", new JsonObject(response.body()).getString("code"));
  }

  @Test
  void isAcceptedEvenIfTheWorkerWasFaster() throws Exception {
    stage.calls.script(call -> call.respond(200).write("done").finish());
    HttpResponse<String> response = stage.post(ECHO, "work", "busbar-detached", "true");

    assertEquals(202, response.statusCode());
  }

  @Test
  void aBadValueNamesTheHeader() throws Exception {
    HttpResponse<String> response = stage.post(ECHO, "work", "busbar-detached", "maybe");

    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("busbar-detached"), response.body());
  }
}
