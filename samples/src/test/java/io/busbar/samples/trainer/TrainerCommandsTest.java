package io.busbar.samples.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.command.ReceivedCommand;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.training.TrainingState;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which command is right in which state. */
class TrainerCommandsTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeChannels channels = new FakeChannels();
  private final TrainingBoard board =
      new TrainingBoard(
          new ChannelWriter(channels, vertx.getOrCreateContext(), "training"),
          "xor",
          new LongAdder());

  /** Runs that end when the test says so. */
  private final List<Promise<Void>> runs = new ArrayList<>();

  private final TrainerCommands commands =
      new TrainerCommands(
          board,
          () -> {
            runs.add(Promise.promise());
            return runs.get(runs.size() - 1).future();
          });

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** A command as it comes from the bus. */
  private record FakeCommand(String name, Buffer params) implements ReceivedCommand {
    @Override
    public String target() {
      return "training";
    }

    @Override
    public long remainingMillis() {
      return 2000;
    }

    @Override
    public void cancelHandler(Handler<Failure> handler) {
      // Nobody gives these up.
    }
  }

  private Future<Buffer> send(String name, String params) {
    return commands.handle(new FakeCommand(name, Buffer.buffer(params)));
  }

  private JsonObject done(String name) {
    return done(send(name, ""));
  }

  private static JsonObject done(Future<Buffer> answer) {
    assertTrue(answer.succeeded(), () -> String.valueOf(answer.cause()));
    return answer.result().toJsonObject();
  }

  private static Failure refused(Future<Buffer> answer) {
    assertTrue(answer.failed(), () -> String.valueOf(answer.result()));
    Failure failure = Failure.of(answer.cause());
    assertEquals(FailureCode.REJECTED, failure.code());
    return failure;
  }

  @Test
  void startBeginsARunAndSaysSo() {
    JsonObject result = done("start");
    assertEquals("training_started", result.getString("status"));
    assertTrue(result.getDouble("timestamp") > 0);
    assertEquals(1, runs.size());
  }

  @Test
  void startDuringARunIsRefused() {
    done("start");
    refused(send("start", ""));
    assertEquals(1, runs.size());
  }

  @Test
  void startAfterStopWaitsForTheEndOfTheRun() {
    done("start");
    assertEquals("stop_requested", done("stop").getString("status"));
    Future<Buffer> again = send("start", "");
    assertFalse(again.isComplete());
    runs.get(0).complete();
    done(again);
    assertEquals(2, runs.size());
    assertFalse(board.isStopped());
  }

  @Test
  void stopAndResetAreRightWithoutARun() {
    assertEquals("stop_requested", done("stop").getString("status"));
    assertEquals("reset", done("reset").getString("status"));
    assertEquals(0, runs.size());
  }

  @Test
  void pauseNeedsARunThatGoesOn() {
    refused(send("pause", ""));
    done("start");
    assertEquals("paused", done("pause").getString("status"));
    refused(send("pause", ""));
    assertEquals(TrainingState.PAUSED, board.status());
  }

  @Test
  void resumeNeedsARunThatIsPaused() {
    refused(send("resume", ""));
    done("start");
    refused(send("resume", ""));
    done("pause");
    assertEquals("resumed", done("resume").getString("status"));
    assertEquals(TrainingState.STARTED, board.status());
  }

  @Test
  void startDuringAPauseIsRefused() {
    done("start");
    done("pause");
    refused(send("start", ""));
  }

  @Test
  void resetEndsTheRunAndForgetsIt() {
    done("start");
    Future<Buffer> reset = send("reset", "");
    assertTrue(board.isStopped());
    assertFalse(reset.isComplete());
    runs.get(0).complete();
    done(reset);
    assertEquals(TrainingState.STOPPED, board.status());
  }

  @Test
  void setParamsAnswersAllParametersAndWhatBecameOfTheGivenOnes() {
    JsonObject result =
        done(
            send(
                "set_params",
                "{\"epochs_max\":5,\"max_hidden_units\":7.0,\"learning_rate\":\"0.03\",\"x\":1}"));
    assertEquals(25, result.size());
    assertEquals(0.03, result.getDouble("learning_rate"));
    assertEquals(7, result.getInteger("max_hidden_units"));
    assertEquals(
        new JsonArray().add("learning_rate").add("max_hidden_units"),
        result.getJsonArray("applied"));
    assertEquals(
        new JsonArray()
            .add(new JsonObject().put("key", "epochs_max").put("reason", "not-updatable")),
        result.getJsonArray("skipped"));
  }

  @Test
  void setParamsIsAllOrNothing() {
    Failure failure =
        refused(send("set_params", "{\"learning_rate\":0.5,\"candidate_pool_size\":257}"));
    assertTrue(failure.detail().contains("candidate_pool_size"), failure.detail());
    assertEquals(0.01, board.parameters().number("learning_rate"));
  }

  @Test
  void setParamsNeedsParametersThatFitTogether() {
    refused(send("set_params", ""));
    refused(send("set_params", "{}"));
    refused(send("set_params", "[1]"));
    refused(send("set_params", "{"));
    refused(send("set_params", "{\"selected_candidates\":3}"));
  }

  @Test
  void whatTheTrainerDoesNotHaveIsSkipped() {
    JsonObject result = done(send("set_params", "{\"optimizer_type\":\"LBFGS\",\"patience\":3}"));
    assertEquals("Rprop", result.getString("optimizer_type"));
    assertEquals(new JsonArray().add("patience"), result.getJsonArray("applied"));
  }

  @Test
  void anUnknownCommandIsRefused() {
    assertTrue(refused(send("dance", "")).detail().contains("dance"));
  }
}
