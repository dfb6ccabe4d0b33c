package io.busbar.samples.trainer;

import io.busbar.command.CommandHandler;
import io.busbar.command.ReceivedCommand;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The six commands. A command that its state does not allow is rejected: {@code start} during a
 * run, {@code pause} without one that goes on, {@code resume} without one that is paused. {@code
 * stop} and {@code reset} are right in any state. One after the other, on one context.
 */
final class TrainerCommands implements CommandHandler {
  private final TrainingBoard board;
  private final Supplier<Future<Void>> runs;

  /** Complete = there is no run. */
  private Future<Void> running = Future.succeededFuture();

  /**
   * @param runs begins a run; complete when it is over
   */
  TrainerCommands(TrainingBoard board, Supplier<Future<Void>> runs) {
    this.board = board;
    this.runs = runs;
  }

  @Override
  public Future<Buffer> handle(ReceivedCommand command) {
    return switch (command.name()) {
      case "start" -> start();
      case "stop" -> stop();
      case "pause" -> pause();
      case "resume" -> resume();
      case "reset" -> reset();
      case "set_params" -> setParams(command.params());
      default ->
          rejected(
              "command is '"
                  + Failure.shorten(command.name(), 40)
                  + "', expected start, stop, pause, resume, reset or set_params");
    };
  }

  private Future<Buffer> start() {
    if (goesOn()) {
      return rejected("start: training is " + board.status() + " already");
    }
    return running.transform(
        over -> {
          board.started();
          running = runs.get();
          return done("training_started");
        });
  }

  /** Whether there is a run that was not told to stop. */
  private boolean goesOn() {
    return !running.isComplete() && !board.isStopped();
  }

  private Future<Buffer> stop() {
    if (goesOn()) {
      // When it is over is told on the channel.
      board.stop();
    }
    return done("stop_requested");
  }

  private Future<Buffer> pause() {
    if (!goesOn() || board.isPaused()) {
      return rejected("pause: training is " + shown() + ", expected Started");
    }
    return board.pause() ? done("paused") : busy();
  }

  private Future<Buffer> resume() {
    if (!goesOn() || !board.isPaused()) {
      return rejected("resume: training is " + shown() + ", expected Paused");
    }
    return board.resume() ? done("resumed") : busy();
  }

  private String shown() {
    return running.isComplete() ? board.status() : board.isStopped() ? "ending" : board.status();
  }

  private Future<Buffer> reset() {
    if (goesOn()) {
      board.stop();
    }
    return running.transform(over -> board.reset() ? done("reset") : busy());
  }

  private Future<Buffer> setParams(Buffer params) {
    Map<?, ?> given;
    try {
      given =
          params.length() > 0 && JuniperJson.read(params.toString()) instanceof Map<?, ?> map
              ? map
              : Map.of();
    } catch (JsonException e) {
      return rejected("params: no JSON, " + Failure.shorten(e.getMessage(), 80));
    }
    if (given.isEmpty()) {
      return rejected("params: expected an object of parameters");
    }
    Parameters.Change change = board.parameters().with(given);
    if (change.fault() != null) {
      return rejected(change.fault());
    }
    board.parameters(change.after());
    return Future.succeededFuture(Buffer.buffer(JuniperJson.write(change.result())));
  }

  private static Future<Buffer> done(String status) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("status", status);
    result.put("timestamp", System.currentTimeMillis() / 1e3);
    return Future.succeededFuture(Buffer.buffer(JuniperJson.write(result)));
  }

  private static Future<Buffer> rejected(String why) {
    return Future.failedFuture(Failure.of(FailureCode.REJECTED, why).withUser(true).toException());
  }

  private static Future<Buffer> busy() {
    return Future.failedFuture(
        Failure.of(FailureCode.BUSY, "the training channel takes nothing now").toException());
  }
}
