package io.busbar.command.impl;

import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Command;
import io.busbar.bus.v1.CommandReply;
import io.busbar.bus.v1.Id;
import io.busbar.command.CommandHandler;
import io.busbar.command.CommandObserver;
import io.busbar.command.CommandRequest;
import io.busbar.command.ServeOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One target on one lane: its handlers, what runs and what waits. On the lane. */
final class ServedTarget {
  /** Answers kept for commands with a key. */
  private static final int KEPT = 10_000;

  private static final long KEPT_MILLIS = 600_000;

  private final String name;
  private final Lane lane;
  private final CommandObserver observer;
  private final List<Place> places = new ArrayList<>();
  private final ArrayDeque<RunningCommand> queue = new ArrayDeque<>();
  private final Map<Id, RunningCommand> open = new HashMap<>();
  private final Map<String, RunningCommand> keyed = new LinkedHashMap<>();

  /** Of commands that are not done yet. */
  private int repeats;

  ServedTarget(String name, Lane lane, CommandObserver observer) {
    this.name = name;
    this.lane = lane;
    this.observer = observer;
  }

  /** One registration. */
  final class Place {
    private final ServeOptions options;
    private final CommandHandler handler;
    private final Consumer<Runnable> onHandler;
    private int running;

    private Place(ServeOptions options, CommandHandler handler, Consumer<Runnable> onHandler) {
      this.options = options;
      this.handler = handler;
      this.onHandler = onHandler;
    }
  }

  Place add(ServeOptions options, CommandHandler handler, Consumer<Runnable> onHandler) {
    Place place = new Place(options, handler, onHandler);
    places.add(place);
    runNext();
    return place;
  }

  void remove(Place place) {
    places.remove(place);
  }

  boolean isUnused() {
    return places.isEmpty();
  }

  Future<CommandReply> receive(Command command) {
    if (!command.getKey().isEmpty()) {
      forgetOld();
      RunningCommand known = keyed.get(command.getKey());
      if (known != null) {
        return repeat(command, known);
      }
    }
    if (queue.size() >= mostWaiting() && freePlace() == null) {
      return busy(queue.size());
    }
    RunningCommand received = new RunningCommand(command, lane);
    open.put(command.getId(), received);
    if (!command.getKey().isEmpty()) {
      keyed.put(command.getKey(), received);
    }
    received.reply().onComplete(done -> ended(received, done));
    queue.add(received);
    observer.waiting(1);
    runNext();
    return received.reply();
  }

  private int mostWaiting() {
    return places.stream().mapToInt(place -> place.options.queue()).max().orElse(0);
  }

  private Future<CommandReply> busy(int waiting) {
    return Future.failedFuture(
        Failure.of(FailureCode.BUSY, "target '" + name + "' has " + waiting + " commands waiting")
            .at(lane.node().name(), "")
            .toException());
  }

  /**
   * The command with that key was taken before: its repeat waits, until its own deadline, for what
   * the handler makes of it, also if the first sender has given up.
   */
  private Future<CommandReply> repeat(Command command, RunningCommand known) {
    if (!known.outcome().isComplete() && repeats >= mostWaiting()) {
      return busy(repeats);
    }
    RunningCommand again = new RunningCommand(command, lane);
    open.put(again.id(), again);
    repeats++;
    again
        .reply()
        .onComplete(
            done -> {
              repeats--;
              open.remove(again.id());
            });
    known
        .outcome()
        .onComplete(
            done -> {
              if (done.succeeded()) {
                again.end(done.result());
              } else {
                again.end(Failure.of(done.cause()));
              }
            });
    return again.reply();
  }

  private void forgetOld() {
    var oldest = keyed.values().iterator();
    while (oldest.hasNext()) {
      RunningCommand one = oldest.next();
      boolean expired = one.isOver() && one.begunAt() + KEPT_MILLIS < lane.now();
      if (!expired && keyed.size() < KEPT) {
        return;
      }
      oldest.remove();
    }
  }

  private Place freePlace() {
    Place best = null;
    for (Place place : places) {
      if (place.running < place.options.concurrency()
          && (best == null || place.running < best.running)) {
        best = place;
      }
    }
    return best;
  }

  private void runNext() {
    while (!queue.isEmpty()) {
      Place place = freePlace();
      if (place == null) {
        return;
      }
      RunningCommand next = queue.poll();
      observer.waiting(-1);
      if (!next.isOver()) {
        run(place, next);
      }
    }
  }

  private void run(Place place, RunningCommand command) {
    place.running++;
    command.begin();
    place.onHandler.accept(
        () -> {
          Future<Buffer> result;
          try {
            result = place.handler.handle(command.on(place.onHandler));
          } catch (Exception e) {
            result = Future.failedFuture(e);
          }
          Future<Buffer> answer = result == null ? Future.succeededFuture() : result;
          answer.onComplete(
              done ->
                  lane.context()
                      .runOnContext(
                          v -> {
                            place.running--;
                            finished(command, done);
                            runNext();
                          }));
        });
  }

  private void finished(RunningCommand command, AsyncResult<Buffer> done) {
    if (done.failed()) {
      // It may be tried again.
      keyed.remove(command.key(), command);
      command.finish(failure(done.cause()));
      return;
    }
    Buffer result = done.result() == null ? Buffer.buffer() : done.result();
    if (result.length() > CommandRequest.MAX_BYTES) {
      command.finish(
          Failure.of(
              FailureCode.HANDLER_FAILED,
              "the result has "
                  + result.length()
                  + " bytes, expected at most "
                  + CommandRequest.MAX_BYTES));
      return;
    }
    command.finish(
        CommandReply.newBuilder()
            .setResult(UnsafeByteOperations.unsafeWrap(result.getBytes()))
            .setNode(lane.node().name())
            .build());
  }

  private Failure failure(Throwable cause) {
    Failure failure =
        cause instanceof FailureException own
            ? own.failure()
            : Failure.of(
                FailureCode.HANDLER_FAILED,
                "the handler of '"
                    + name
                    + "' failed: "
                    + cause.getClass().getSimpleName()
                    + ": "
                    + cause.getMessage());
    return failure.node().isEmpty() ? failure.at(lane.node().name(), failure.worker()) : failure;
  }

  private void ended(RunningCommand command, AsyncResult<CommandReply> done) {
    open.remove(command.id());
    if (!command.isBegun()) {
      // Whoever repeats it has it done.
      keyed.remove(command.key(), command);
      command.finish(Failure.of(done.cause()));
    }
    observer.handled(
        done.succeeded() ? "ok" : Failure.of(done.cause()).code().wireName(),
        lane.now() - command.begunAt());
  }

  void cancel(Id id) {
    RunningCommand command = open.get(id);
    if (command != null) {
      command.end(Failure.of(FailureCode.CANCELLED, "cancelled by its sender"));
    }
  }

  /** What waits ends at once, what runs is told. */
  void end(Failure reason) {
    observer.waiting(-queue.size());
    queue.clear();
    new ArrayList<>(open.values())
        .forEach(command -> command.end(reason.at(lane.node().name(), "")));
  }
}
