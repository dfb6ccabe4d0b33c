package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import io.busbar.testing.Until;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** On every way of losing a worker its task goes to another one, and only so often. */
class WorkerLossTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private WorkersStage stage = new WorkersStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private void restart(WorkersOptions options) {
    stage.close();
    stage = new WorkersStage(options, 200);
  }

  @Test
  void aLostConnectionGivesTheTaskToAnotherWorker() {
    ScriptedJuniperWorker lost = stage.worker("lost");
    CompletableFuture<HttpResponse<byte[]>> call = stage.call();
    Task first = lost.task();
    try (ScriptedJuniperWorker other = stage.worker("other")) {
      lost.drop();
      Task again = other.task();
      assertEquals(first.tensors(), again.tensors());
      other.succeed(again, 1);
      HttpResponse<byte[]> answer = WorkersStage.await(call);
      assertEquals(200, answer.statusCode());
      assertEquals("2", answer.headers().firstValue("busbar-attempts").orElse(""));
    }
  }

  @Test
  void aCloseInTheMiddleOfAResultGivesTheTaskToAnotherWorker() {
    ScriptedJuniperWorker lost = stage.worker("lost");
    CompletableFuture<HttpResponse<byte[]>> call = stage.call();
    Task first = lost.task();
    lost.send(ScriptedJuniperWorker.result(first.id(), ScriptedJuniperWorker.weights(1)));
    lost.close();
    try (ScriptedJuniperWorker other = stage.worker("other")) {
      other.succeed(other.task(), 1);
      assertEquals(200, WorkersStage.await(call).statusCode());
    }
  }

  @Test
  void aSilentWorkerIsClosedAndItsTaskGoesToAnother() {
    restart(WorkersOptions.DEFAULTS.withTimeouts(LONG, Duration.ofMillis(1500), LONG));
    try (ScriptedJuniperWorker silent = stage.worker("silent")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      silent.task();
      assertEquals(1011, silent.closeCode());
      assertEquals("Heartbeat timeout", silent.closeReason());
      try (ScriptedJuniperWorker other = stage.worker("other")) {
        other.succeed(other.task(), 1);
        assertEquals(200, WorkersStage.await(call).statusCode());
      }
    }
  }

  @Test
  void anOverdueTaskGoesToAnotherWorkerAndTheLateResultIsRejected() {
    restart(WorkersOptions.DEFAULTS.withTimeouts(LONG, LONG, Duration.ofMillis(1500)));
    try (ScriptedJuniperWorker slow = stage.worker("slow")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      Task late = slow.task();
      try (ScriptedJuniperWorker other = stage.worker("other")) {
        other.succeed(other.task(), 1);
        assertEquals(200, WorkersStage.await(call).statusCode());
        slow.answer(
            ScriptedJuniperWorker.result(late.id(), ScriptedJuniperWorker.weights(1)),
            ScriptedJuniperWorker.weights(1));
        assertEquals("rejected", slow.json("result_ack").get("status"));
      }
    }
  }

  @Test
  void aWorkerThatOnlySendsNonsenseDoesNotGetTheTaskForEver() {
    try (ScriptedJuniperWorker bad = stage.worker("bad")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      for (int attempt = 1; attempt <= 3; attempt++) {
        Task task = bad.task();
        var nan = ScriptedJuniperWorker.weights(Float.NaN);
        bad.answer(ScriptedJuniperWorker.result(task.id(), nan), nan);
        assertEquals("rejected", bad.json("result_ack").get("status"));
      }
      HttpResponse<byte[]> answer = WorkersStage.await(call);
      assertEquals(502, answer.statusCode());
      JsonObject problem = WorkersStage.json(answer);
      assertEquals("worker_protocol", problem.getString("code"));
      assertTrue(problem.getString("detail").contains("weights"), problem::encode);
      bad.beat(0);
      bad.json("heartbeat");
      assertTrue(bad.quiet(), "a fourth attempt");
    }
  }

  /** Several times, since a choice by chance would be right in half of them. */
  @RepeatedTest(5)
  void theWorkerThatFailedIsNotTheFirstChoice() throws Exception {
    try (ScriptedJuniperWorker one = stage.worker("one");
        ScriptedJuniperWorker two = stage.worker("two")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      Until.holds(() -> !one.quiet() || !two.quiet(), "none was asked");
      ScriptedJuniperWorker chosen = one.quiet() ? two : one;
      ScriptedJuniperWorker spare = chosen == one ? two : one;
      Task task = chosen.task();
      var nan = ScriptedJuniperWorker.weights(Float.NaN);
      chosen.answer(ScriptedJuniperWorker.result(task.id(), nan), nan);
      chosen.json("result_ack");
      spare.succeed(spare.task(), 1);
      assertEquals(200, WorkersStage.await(call).statusCode());
      assertTrue(chosen.quiet());
    }
  }

  @Test
  void aCallThatIsGivenUpKeepsItsWorkerBusyUntilThatSaysOtherwise() throws Exception {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      CompletableFuture<HttpResponse<byte[]>> given =
          stage.call(
              WorkersStage.TASK.getBytes(StandardCharsets.UTF_8),
              "application/json",
              "Busbar-Timeout",
              "1500ms");
      Task task = worker.task();
      assertEquals(504, WorkersStage.await(given).statusCode());
      CompletableFuture<HttpResponse<byte[]>> next = stage.call();
      worker.beat(1);
      worker.json("heartbeat");
      worker.beat(0);
      worker.json("heartbeat");
      assertTrue(worker.quiet(), "one idle beat may have been sent before the task came");
      worker.answer(
          ScriptedJuniperWorker.result(task.id(), ScriptedJuniperWorker.weights(1)),
          ScriptedJuniperWorker.weights(1));
      assertEquals("rejected", worker.json("result_ack").get("status"));
      worker.succeed(worker.task(), 1);
      assertEquals(200, next.get(30, TimeUnit.SECONDS).statusCode());
    }
  }

  @Test
  void twoIdleBeatsFreeAWorkerWhoseTaskWasGivenUp() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      CompletableFuture<HttpResponse<byte[]>> given =
          stage.call(
              WorkersStage.TASK.getBytes(StandardCharsets.UTF_8),
              "application/json",
              "Busbar-Timeout",
              "1500ms");
      worker.task();
      assertEquals(504, WorkersStage.await(given).statusCode());
      CompletableFuture<HttpResponse<byte[]>> next = stage.call();
      worker.beat(0);
      worker.json("heartbeat");
      worker.beat(0);
      worker.json("heartbeat");
      worker.succeed(worker.task(), 1);
      assertEquals(200, WorkersStage.await(next).statusCode());
    }
  }

  @Test
  void aDrainWaitsForTheTaskAndThenSaysGoodbye() throws Exception {
    try (ScriptedJuniperWorker busy = stage.worker("busy")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      Task task = busy.task();
      try (ScriptedJuniperWorker idle = stage.worker("idle")) {
        CompletableFuture<?> drained = stage.drain().toCompletionStage().toCompletableFuture();
        assertEquals(1012, idle.closeCode());
        busy.beat(1);
        busy.json("heartbeat");
        assertFalse(drained.isDone());
        busy.succeed(task, 1);
        assertEquals(200, WorkersStage.await(call).statusCode());
        assertEquals(1012, busy.closeCode());
        drained.get(30, TimeUnit.SECONDS);
      }
    }
  }
}
