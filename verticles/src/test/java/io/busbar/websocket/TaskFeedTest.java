package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.DType;
import io.busbar.juniper.ElementType;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import io.busbar.testing.Until;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors of a large body reach the worker while the body still comes. */
class TaskFeedTest {
  private static final int SIZE = 800_000;
  private static final String TASK = "{\"candidate_data\":{\"input_size\":2}}";
  private static final BinaryFrame ERROR = BinaryFrame.ofFloats(List.of(1), 0.5f);

  private WorkersStage stage = new WorkersStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private static BinaryFrame large(int bytes) {
    byte[] elements = new byte[bytes];
    new Random(bytes).nextBytes(elements);
    return BinaryFrame.of(
        ElementType.of(DType.UINT8), List.of(bytes / 100, 100), ByteBuffer.wrap(elements));
  }

  /** The large one last: its end is known by the length of the body. */
  private static Map<String, BinaryFrame> largeLast() {
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    tensors.put("residual_error", ERROR);
    tensors.put("candidate_input", large(SIZE));
    return tensors;
  }

  private static Map<String, BinaryFrame> largeFirst() {
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    tensors.put("candidate_input", large(SIZE));
    tensors.put("y", BinaryFrame.of(ElementType.of(DType.FLOAT64), List.of(0, 3), empty()));
    tensors.put("residual_error", large(70_000));
    return tensors;
  }

  private static ByteBuffer empty() {
    return ByteBuffer.allocate(0);
  }

  private static String declaring(Map<String, BinaryFrame> tensors) {
    JsonObject manifest = new JsonObject();
    tensors.forEach(
        (name, tensor) ->
            manifest.put(
                name,
                new JsonObject()
                    .put("shape", tensor.shape())
                    .put("dtype", tensor.type().wireName())));
    return new JsonObject(TASK).put("tensor_manifest", manifest).encode();
  }

  private CompletableFuture<HttpResponse<byte[]>> call(PacedBody body, String... headers) {
    return stage.call(body.publisher(), PacedBody.TYPE, headers);
  }

  /** A call whose first half of the body is there, and has begun to reach the worker. */
  private CompletableFuture<HttpResponse<byte[]>> begun(
      PacedBody body, ScriptedJuniperWorker worker) {
    CompletableFuture<HttpResponse<byte[]>> call = call(body.upTo(400_000));
    worker.awaitBytes(200_000);
    return call;
  }

  /** The worker gets the tensors unchanged and in order, and its answer is the call's. */
  private static HttpResponse<byte[]> assertDone(
      ScriptedJuniperWorker worker,
      CompletableFuture<HttpResponse<byte[]>> call,
      Map<String, BinaryFrame> sent) {
    Task task = worker.task();
    assertEquals(new ArrayList<>(sent.keySet()), new ArrayList<>(task.tensors().keySet()));
    assertEquals(sent, task.tensors());
    worker.succeed(task, 1);
    HttpResponse<byte[]> answer = WorkersStage.await(call);
    assertEquals(200, answer.statusCode());
    return answer;
  }

  @Test
  void theLastTensorGoesOutWhileItStillComes() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(TASK, largeLast());
      CompletableFuture<HttpResponse<byte[]>> call = begun(body, worker);
      body.all();
      assertDone(worker, call, largeLast());
    }
  }

  @Test
  void tensorsThatTheTaskDeclaresGoOutInAnyOrderWhileTheyStillCome() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(declaring(largeFirst()), largeFirst());
      CompletableFuture<HttpResponse<byte[]>> call = begun(body, worker);
      body.all();
      assertDone(worker, call, largeFirst());
    }
  }

  @Test
  void declaredTensorsNeedNoLengthOfTheBody() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(declaring(largeFirst()), largeFirst()).upTo(400_000);
      CompletableFuture<HttpResponse<byte[]>> call = stage.call(body.unannounced(), PacedBody.TYPE);
      worker.awaitBytes(200_000);
      body.all();
      assertDone(worker, call, largeFirst());
    }
  }

  @Test
  void tensorsOfAnotherOrderWaitForTheWholeBodyAndArriveUnchanged() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      CompletableFuture<HttpResponse<byte[]>> call = call(PacedBody.of(TASK, largeFirst()).all());
      assertDone(worker, call, largeFirst());
    }
  }

  @Test
  void nothingComesBetweenATaskAndItsTensors() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(TASK, largeLast());
      CompletableFuture<HttpResponse<byte[]>> call = begun(body, worker);
      worker.beat(1).send("no JSON");
      body.all();
      Task task = worker.task();
      worker.json("heartbeat");
      assertEquals("Invalid JSON", worker.error());
      worker.succeed(task, 1);
      assertEquals(200, WorkersStage.await(call).statusCode());
    }
  }

  @Test
  void whatIsSaidInBetweenIsBounded() throws Exception {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(TASK, largeLast());
      CompletableFuture<HttpResponse<byte[]>> call = begun(body, worker);
      for (int i = 0; i < 100; i++) {
        worker.beat(1);
      }
      Until.holds(
          () ->
              stage.meters.find("busbar.juniper.unsaid").counter() != null
                  && stage.count("busbar.juniper.unsaid") >= 36,
          "not all that is too much was dropped");
      body.all();
      Task task = worker.task();
      for (int i = 0; i < 64; i++) {
        worker.json("heartbeat");
      }
      worker.succeed(task, 1);
      assertEquals(200, WorkersStage.await(call).statusCode());
    }
  }

  @Test
  void aCallGivenUpHalfWayEndsTheConnectionSinceHalfATaskCannotBeTakenBack() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(TASK, largeLast()).upTo(400_000);
      CompletableFuture<HttpResponse<byte[]>> call = call(body, "Busbar-Timeout", "3s");
      worker.awaitBytes(200_000);
      assertEquals(1011, worker.closeCode());
      assertEquals("Task broke off", worker.closeReason());
      assertEquals(1, stage.count("busbar.juniper.broken"));
      body.all();
      assertEquals(504, WorkersStage.await(call).statusCode());
    }
    try (ScriptedJuniperWorker again = stage.worker("again")) {
      CompletableFuture<HttpResponse<byte[]>> next = stage.call();
      again.succeed(again.task(), 1);
      assertEquals(200, WorkersStage.await(next).statusCode());
    }
  }

  @ParameterizedTest
  @CsvSource({"800000, does not end where its shape says", "1, expected residual_error"})
  void aBodyThatTurnsOutWrongIsNamedAndEndsTheConnection(int size, String detail) {
    Map<String, BinaryFrame> told = new LinkedHashMap<>();
    told.put("candidate_input", large(SIZE));
    told.put("residual_error", ERROR);
    Map<String, BinaryFrame> sent = new LinkedHashMap<>(told);
    PacedBody body;
    if (size == 1) {
      sent.remove("residual_error");
      sent.put("y", ERROR);
      body = PacedBody.of(declaring(told), sent);
    } else {
      body = PacedBody.of(declaring(told), sent);
      body.spoilPart("residual_error");
    }
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      HttpResponse<byte[]> answer = WorkersStage.await(call(body.all()));
      JsonObject problem = WorkersStage.json(answer);
      assertEquals(422, answer.statusCode(), problem::encode);
      assertTrue(problem.getString("detail").contains(detail), problem::encode);
      assertEquals(1011, worker.closeCode());
    }
  }

  @Test
  void whatADeclarationLacksIsNamedBeforeAWorkerHears() {
    Map<String, BinaryFrame> tensors = largeFirst();
    tensors.remove("residual_error");
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      HttpResponse<byte[]> answer =
          WorkersStage.await(call(PacedBody.of(declaring(tensors), tensors).all()));
      assertEquals(422, answer.statusCode());
      String detail = WorkersStage.json(answer).getString("detail");
      assertTrue(detail.contains("tensors.residual_error: missing"), detail);
      worker.beat(0);
      worker.json("heartbeat");
      assertTrue(worker.quiet(), "the worker was bothered");
    }
  }

  @Test
  void aWorkerLostHalfWayGivesTheTaskToAnotherFromItsFirstByte() {
    ScriptedJuniperWorker lost = stage.worker("lost");
    PacedBody body = PacedBody.of(TASK, largeLast());
    CompletableFuture<HttpResponse<byte[]>> call = begun(body, lost);
    try (ScriptedJuniperWorker other = stage.worker("other")) {
      lost.drop();
      other.awaitBytes(200_000);
      body.all();
      HttpResponse<byte[]> answer = assertDone(other, call, largeLast());
      assertEquals("2", answer.headers().firstValue("busbar-attempts").orElse(""));
    }
  }

  @Test
  void aWorkerThatAnswersBeforeItHasAllGetsTheNextTaskAsUsual() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(TASK, largeLast()).upTo(400_000);
      CompletableFuture<HttpResponse<byte[]>> call = call(body);
      Map<String, Object> assign = worker.json("task_assign");
      worker.awaitBytes(200_000);
      Map<String, Object> refused =
          ScriptedJuniperWorker.result((String) assign.get("task_id"), Map.of());
      refused.put("success", false);
      refused.put("error_message", "Tensor manifest invalid: no");
      worker.send(refused);
      assertEquals(ERROR, worker.tensor());
      worker.skip();
      assertEquals("accepted", worker.json("result_ack").get("status"));
      body.all();
      JsonObject answer = WorkersStage.json(WorkersStage.await(call));
      assertEquals("Tensor manifest invalid: no", answer.getString("error_message"));
      CompletableFuture<HttpResponse<byte[]>> next = stage.call();
      worker.succeed(worker.task(), 1);
      assertEquals(200, WorkersStage.await(next).statusCode());
    }
  }

  @Test
  void aWorkerThatDoesNotTakeItsTaskLosesIt() {
    stage.close();
    Duration forLong = Duration.ofSeconds(60);
    WorkersOptions quick =
        large(64 << 20, WorkersOptions.DEFAULTS)
            .withTimeouts(forLong, forLong, Duration.ofMillis(500));
    stage = new WorkersStage(quick, 200);
    Map<String, BinaryFrame> tensors = largeLast();
    tensors.put("candidate_input", large(32_000_000));
    try (ScriptedJuniperWorker stalled = stage.worker("stalled")) {
      stalled.hold(true);
      HttpResponse<byte[]> answer = WorkersStage.await(call(PacedBody.of(TASK, tensors).all()));
      assertEquals(502, answer.statusCode());
      assertEquals("worker_failed", WorkersStage.json(answer).getString("code"));
      assertEquals(1, stage.count("busbar.juniper.broken"));
    }
  }

  @Test
  void aWorkerThatDoesNotReadHoldsTheBodyBackAtTheCaller() throws Exception {
    stage.close();
    stage = new WorkersStage(large(80 << 20, WorkersOptions.DEFAULTS), 200);
    Map<String, BinaryFrame> tensors = largeLast();
    tensors.put("candidate_input", large(64_000_000));
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      PacedBody body = PacedBody.of(TASK, tensors);
      worker.hold(true);
      CompletableFuture<HttpResponse<byte[]>> call = call(body.all());
      worker.awaitBytes(1);
      // Until it stands still; a machine that is too slow for that only looks too early.
      int before = -1;
      Object clock = new Object();
      while (before < body.sent()) {
        before = body.sent();
        synchronized (clock) {
          TimeUnit.MILLISECONDS.timedWait(clock, 300);
        }
      }
      assertFalse(call.isDone());
      // What is kept for another worker, the windows, and what two connections take by themselves.
      long under = body.sent() - worker.bytesRead();
      assertTrue(under < (8 << 20) + (24 << 20), under + " bytes are under way");
      worker.hold(false);
      assertDone(worker, call, tensors);
    }
  }

  private static WorkersOptions large(int bytes, WorkersOptions o) {
    return new WorkersOptions(
        o.pool(),
        o.max(),
        o.apiKeys(),
        o.registrationTimeout(),
        o.heartbeatTimeout(),
        o.taskTimeout(),
        o.maxText(),
        o.maxMessage(),
        bytes,
        bytes,
        o.maxResult(),
        o.connects());
  }
}
