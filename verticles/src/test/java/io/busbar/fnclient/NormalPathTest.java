package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call on an honest runner: section 2.2 of the protocol page. */
class NormalPathTest {
  private final RunnerStage stage = new RunnerStage();

  @BeforeEach
  void open() {
    stage.open();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static Buffer bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  @Test
  void aBodyComesBackWhole() {
    stage.runner(RunnerScripts::echo);
    Buffer body = bytes(1000);
    RunnerStage.Answer answer = await(stage.call(body));
    assertTrue(answer.whole(), answer::toString);
    assertEquals(200, answer.head().getStatus());
    assertEquals("Content-Type", answer.head().getHeaders(0).getName());
    assertEquals(body, answer.body());
    assertEquals(Kind.OK, stage.outcome().kind());
  }

  @Test
  void anEmptyBodyIsOneEmptyEofFrame() {
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer()));
    assertTrue(answer.whole(), answer::toString);
    RunnerCall call = runner.calls().get(0);
    assertEquals(0, call.bodyBytes());
    assertTrue(call.eofSeen());
    assertFalse(call.endedBeforeEof());
  }

  @Test
  void bodyFramesAreNoLargerThanFnSendsThem() {
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    Buffer body = bytes(2_000_000);
    RunnerStage.Answer answer = await(stage.call(body));
    assertTrue(answer.whole(), answer::toString);
    assertEquals(body, answer.body());
    assertEquals(10_240, runner.calls().get(0).largestFrame());
  }

  @Test
  void ourSideEndsWithTheEofFrameAndTheStreamIsNotReset() {
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    await(stage.call(bytes(10)));
    RunnerCall call = runner.calls().get(0);
    await(call.halfClosed());
    await(call.closed());
    assertFalse(call.reset().isComplete());
  }
}
