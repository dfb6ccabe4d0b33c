package io.busbar.command.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.Command;
import io.busbar.bus.v1.CommandReply;
import io.busbar.bus.v1.Id;
import io.busbar.command.ReceivedCommand;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/** A command that waits or runs. On the lane. */
final class RunningCommand {
  private final Command command;
  private final Lane lane;
  private final long begunAt;
  private final Promise<CommandReply> reply = Promise.promise();
  private final Promise<CommandReply> outcome = Promise.promise();
  private final Promise<Failure> unwanted = Promise.promise();
  private final Lane.Timer deadline;
  private boolean begun;

  RunningCommand(Command command, Lane lane) {
    this.command = command;
    this.lane = lane;
    this.begunAt = lane.now();
    this.deadline =
        lane.timer(
            Math.max(1, command.getRemainingMs()),
            () ->
                end(
                    Failure.of(
                        FailureCode.DEADLINE_EXCEEDED,
                        "the command was not done in " + command.getRemainingMs() + " ms")));
  }

  Id id() {
    return command.getId();
  }

  String key() {
    return command.getKey();
  }

  long begunAt() {
    return begunAt;
  }

  Future<CommandReply> reply() {
    return reply.future();
  }

  /** What the handler made of it, also if nobody waits for that any more. */
  Future<CommandReply> outcome() {
    return outcome.future();
  }

  /** Its handler has it from now on. */
  void begin() {
    begun = true;
  }

  boolean isBegun() {
    return begun;
  }

  /** The handler did it. */
  void finish(CommandReply answer) {
    outcome.tryComplete(answer);
    end(answer);
  }

  /** The handler did not do it, or never gets it. */
  void finish(Failure failure) {
    outcome.tryFail(failure.toException());
    end(failure);
  }

  boolean isOver() {
    return reply.future().isComplete();
  }

  void end(CommandReply answer) {
    if (reply.tryComplete(answer)) {
      deadline.cancel();
    }
  }

  /** Over without the handler, or because of it; one that still runs is told. */
  void end(Failure failure) {
    if (reply.tryFail(failure.toException())) {
      deadline.cancel();
      unwanted.tryComplete(failure);
    }
  }

  /** As the handler sees it, on its context. */
  ReceivedCommand on(Consumer<Runnable> onHandler) {
    return new ReceivedCommand() {
      @Override
      public String target() {
        return command.getTarget();
      }

      @Override
      public String name() {
        return command.getName();
      }

      @Override
      public Buffer params() {
        return Buffer.buffer(command.getParams().toByteArray());
      }

      @Override
      public long remainingMillis() {
        return Math.max(0, begunAt + command.getRemainingMs() - lane.now());
      }

      @Override
      public void cancelHandler(Handler<Failure> handler) {
        unwanted.future().onSuccess(failure -> onHandler.accept(() -> handler.handle(failure)));
      }
    };
  }
}
