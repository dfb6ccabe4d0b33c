package io.busbar.samples;

import static io.busbar.plugin.host.HostStage.await;
import static io.busbar.plugin.host.HostStage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.host.FakeServedCall;
import io.busbar.plugin.host.HostStage;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoTest {
  private final HostStage stage = HostStage.with(Echo::new);

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void answersWithTheBodyAndItsContentType() {
    FakeServedCall call = stage.call("content-type", "text/plain").sends("hello");
    assertNull(failureOf(call));
    assertEquals("hello", call.body().toString());
    var head = await(call.head.future());
    assertEquals(200, head.getStatus());
    assertEquals("text/plain", head.getHeaders(0).getValue());
  }

  @Test
  void answersBeforeTheBodyHasEnded() {
    FakeServedCall call = stage.call();
    call.onLane(() -> call.request.push(Buffer.buffer("first")));
    await(call.head.future());
    assertFalse(call.outcome.future().isComplete());
    call.onLane(call.request::finish);
    assertNull(failureOf(call));
    assertEquals("first", call.body().toString());
  }

  @Test
  void anEmptyBodyIsAnEmptyAnswer() {
    FakeServedCall call = stage.call().sends("");
    assertNull(failureOf(call));
    assertEquals(0, call.body().length());
  }

  @Test
  void sleepDelaysTheEndOnly() {
    long before = System.nanoTime();
    FakeServedCall call = stage.call("X-Sleep-Ms", "150").sends("x");
    assertNull(failureOf(call));
    assertTrue(System.nanoTime() - before >= 140_000_000L);
    assertEquals("x", call.body().toString());
  }

  @Test
  void sleepDoesNotBlockOthers() {
    FakeServedCall sleeper = stage.call("X-Sleep-Ms", "60000").sends("x");
    assertNull(failureOf(stage.call().sends("y")));
    assertFalse(sleeper.outcome.future().isComplete());
  }

  @Test
  void aCancelWakesTheSleeper() {
    FakeServedCall sleeper = stage.call("X-Sleep-Ms", "60000").sends("x");
    Promise<Void> turn = Promise.promise();
    sleeper.onLane(() -> sleeper.onLane(turn::complete));
    await(turn.future());
    sleeper.cancel(Failure.of(FailureCode.CALLER_GONE, "gone"));
    await(sleeper.slotFree.future());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "60001", "soon", "99999999999", ""})
  void aSleepThatIsNoneIsRefused(String sleep) {
    Failure failure = failureOf(stage.call("X-Sleep-Ms", sleep));
    assertEquals(FailureCode.INVALID_REQUEST, failure.code());
    assertEquals("X-Sleep-Ms: '" + sleep + "', expected 0 to 60000", failure.detail());
  }
}
