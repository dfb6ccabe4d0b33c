package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Status and Status2: fn-runner 4. */
class StatusTest {
  private final RunnerRig rig = new RunnerRig();
  private FakeFnLb lb;

  @AfterEach
  void stop() {
    lb.close();
    rig.close();
  }

  private void start(StatusOptions status) {
    rig.options(o -> o.status(status)).start();
    // How long an answer is shown must not depend on how busy the machine is.
    rig.lane.stopClock();
    lb = rig.lb();
  }

  private FakeEngagement status() {
    return lb.open("/RunnerProtocol/Status")
        .raw()
        .send(Empty.getDefaultInstance().toByteArray())
        .halfClose();
  }

  private FakeEngagement status2(String key, double value) {
    Struct struct =
        Struct.newBuilder()
            .putFields(key, Value.newBuilder().setNumberValue(value).build())
            .build();
    return lb.open("/RunnerProtocol/Status2").raw().send(struct.toByteArray()).halfClose();
  }

  private static RunnerStatus answer(FakeEngagement asked) throws Exception {
    FakeEngagement.End end = asked.end();
    assertEquals(0, end.status(), end.toString());
    assertEquals(1, end.messages().size());
    return RunnerStatus.parseFrom(end.messages().get(0));
  }

  @Test
  void withoutAStatusPoolTheAnswerHoldsTheLiveNumbersOnly() throws Exception {
    start(StatusOptions.NONE);
    lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next();
    FakeEngagement nacked = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().fail(Failure.of(FailureCode.BUSY, "busy"));
    nacked.end();
    rig.until("counted", () -> rig.node.handled() == 1);
    assertEquals(
        RunnerStatus.newBuilder().setActive(1).setRequestsReceived(2).setRequestsHandled(1).build(),
        answer(status()));
  }

  @Test
  void aStatusCallIsMadeOnceForAllWhoAskMeanwhileAndShownFor1500ms() throws Exception {
    start(StatusOptions.of("status"));
    FakeEngagement first = status();
    FakeCall call = rig.calls.next();
    FakeEngagement second = status2("a", 0);
    FakeCall other = rig.calls.next();
    FakeEngagement third = status();
    rig.until("asked", () -> rig.front.openStreams() == 3);
    assertEquals("status", call.request().pool());
    assertEquals(5000, call.request().timeoutMillis());
    assertEquals("{}", call.sink().ended().get(20, TimeUnit.SECONDS).toString());
    assertEquals("{\"a\":0}", other.sink().ended().get(20, TimeUnit.SECONDS).toString());
    call.respond(200).send(Buffer.buffer("fine")).succeed();
    other.respond(200).send(Buffer.buffer("other")).succeed();

    RunnerStatus fresh = answer(first);
    assertFalse(fresh.getFailed());
    assertFalse(fresh.getCached());
    assertEquals("fine", fresh.getDetails());
    RunnerStatus waited = answer(third);
    assertTrue(waited.getCached());
    assertEquals(fresh.getId(), waited.getId());
    assertEquals("other", answer(second).getDetails());

    RunnerStatus again = answer(status());
    assertTrue(again.getCached());
    assertEquals(fresh.getId(), again.getId());

    rig.lane.advance(1500);
    FakeEngagement later = status();
    rig.calls.next().respond(200).succeed();
    RunnerStatus renewed = answer(later);
    assertFalse(renewed.getCached());
    assertNotEquals(fresh.getId(), renewed.getId());
  }

  @Test
  void status2TellsItsInputAndDoesNotShowTheAnswerToAnother() throws Exception {
    start(StatusOptions.of("status"));
    FakeEngagement one = status2("n", 1);
    rig.calls.next().respond(200).send(Buffer.buffer("one")).succeed();
    assertEquals("one", answer(one).getDetails());
    FakeEngagement two = status2("n", 2);
    rig.calls.next().respond(200).send(Buffer.buffer("two")).succeed();
    assertEquals("two", answer(two).getDetails());
    assertEquals("one", answer(status2("n", 1)).getDetails());
  }

  @Test
  void aFailedStatusCallIsAnAnswer() throws Exception {
    start(StatusOptions.of("status"));
    FakeEngagement asked = status();
    rig.calls.next().fail(Failure.of(FailureCode.NO_WORKER, "nobody"));
    RunnerStatus failed = answer(asked);
    assertTrue(failed.getFailed());
    assertEquals(503, failed.getErrorCode());
    assertEquals("nobody", failed.getErrorStr());
  }

  @Test
  void aStatusCallThatAnswers400OrMoreHasFailed() throws Exception {
    start(StatusOptions.of("status"));
    FakeEngagement asked = status();
    rig.calls.next().respond(450).send(Buffer.buffer("sick")).succeed();
    RunnerStatus failed = answer(asked);
    assertTrue(failed.getFailed());
    assertEquals(450, failed.getErrorCode());
    assertEquals("sick", failed.getDetails());
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    start(StatusOptions.of("status"));
    FakeEngagement asked = status();
    FakeCall call = rig.calls.next();
    call.respond(200).send(Buffer.buffer(new byte[70_000]));
    assertEquals(FailureCode.TOO_LARGE, call.cancelled().get(20, TimeUnit.SECONDS).code());
    assertTrue(answer(asked).getFailed());
  }

  @Test
  void theHealthHooksAnswerIsTheCustomStatus() throws Exception {
    start(StatusOptions.of("status").withHealthHook("health"));
    FakeEngagement asked = status();
    FakeCall health = rig.calls.next();
    assertEquals("health", health.request().pool());
    health.respond(200).send(Buffer.buffer("{\"custom\":\"works\",\"n\":3}")).succeed();
    FakeCall call = rig.calls.next();
    assertEquals("status", call.request().pool());
    call.respond(200).send(Buffer.buffer("fine")).succeed();
    RunnerStatus status = answer(asked);
    assertFalse(status.getFailed());
    assertEquals(Map.of("custom", "works", "n", "3"), status.getCustomStatusMap());
    assertEquals("fine", status.getDetails());
  }

  @Test
  void anUnhealthyRunnerMakesNoStatusCall() throws Exception {
    start(StatusOptions.of("status").withHealthHook("health"));
    FakeEngagement asked = status();
    rig.calls.next().respond(450).succeed();
    RunnerStatus status = answer(asked);
    assertTrue(status.getFailed());
    assertEquals(450, status.getErrorCode());
    assertEquals(0, rig.calls.waiting());
  }

  @Test
  void aHealthAnswerThatIsNoObjectOfTextIsAFailure() throws Exception {
    start(StatusOptions.of("status").withHealthHook("health"));
    FakeEngagement asked = status();
    rig.calls.next().respond(200).send(Buffer.buffer("{\"deep\":{}}")).succeed();
    RunnerStatus status = answer(asked);
    assertTrue(status.getFailed());
    assertEquals(
        "answer of the health hook: field 'deep', expected text, a number or a boolean",
        status.getErrorStr());
  }

  @Test
  void theNetworkIsDisabledWhileTheBarrierFileIsMissing(@TempDir Path dir) throws Exception {
    Path barrier = dir.resolve("barrier");
    start(StatusOptions.of("status").withBarrierFile(barrier.toString()));
    FakeEngagement asked = status();
    rig.calls.next().respond(200).succeed();
    assertTrue(answer(asked).getIsNetworkDisabled());
    Files.createFile(barrier);
    rig.lane.advance(1500);
    FakeEngagement again = status();
    rig.calls.next().respond(200).succeed();
    assertFalse(answer(again).getIsNetworkDisabled());
  }

  @Test
  void theStatusImageCannotBeCalled() {
    start(new StatusOptions("status", "fn/echo:1", "", "", 5000, 60_000, 1500, 1000));
    FakeEngagement.End end = lb.engage().tryCall(RunnerRig.CALL).eof().end();
    assertEquals(400, end.finished().getErrorCode());
    assertEquals("Invalid Fn image", end.finished().getErrorStr());
  }

  @Test
  void differentQuestionsAtOnceAreBounded() throws Exception {
    start(StatusOptions.of("status"));
    for (int i = 0; i < StatusDesk.MOST_QUESTIONS; i++) {
      status2("q", i);
    }
    for (int i = 0; i < StatusDesk.MOST_QUESTIONS; i++) {
      rig.calls.next();
    }
    RunnerStatus refused = answer(status2("q", -1));
    assertTrue(refused.getFailed());
    assertEquals(429, refused.getErrorCode());
  }

  @Test
  void garbageInsteadOfAStructIsInvalid() {
    start(StatusOptions.NONE);
    FakeEngagement.End end =
        lb.open("/RunnerProtocol/Status2").raw().send(new byte[] {0x0a, 0x7f}).halfClose().end();
    assertEquals(3, end.status());
  }

  @Test
  void anEndWithoutAMessageIsInvalid() {
    start(StatusOptions.NONE);
    assertEquals(3, lb.open("/RunnerProtocol/Status").halfClose().end().status());
  }
}
