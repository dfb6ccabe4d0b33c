package io.busbar.samples.trainer;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has candidates trained by the workers of a pool, through calls. A pool where nobody takes
 * anything is left alone for a while.
 */
final class WorkerPool {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final int MOST_ANSWER = 16 << 20;

  private final Vertx vertx;
  private final Context context;
  private final Calls calls;
  private final TrainerSettings.Pool settings;

  /** On the context. */
  private long quietUntil = System.nanoTime();

  WorkerPool(Vertx vertx, Context context, Calls calls, TrainerSettings.Pool settings) {
    this.vertx = vertx;
    this.context = context;
    this.calls = calls;
    this.settings = settings;
  }

  /** A growth's candidates begin. Any thread. */
  Round round(CandidateTask task) {
    return new Round(task);
  }

  /** The candidates of one growth. All but the public entries on the context. */
  final class Round {
    private final CandidateTask task;

    /** At most as many as a pool of candidates has. */
    private final Queue<Asked> waiting = new ArrayDeque<>();

    private final Set<Call> open = new LinkedHashSet<>();
    private boolean taken;
    private boolean over;
    private long timer = -1;

    private record Asked(Candidate candidate, CompletableFuture<HiddenUnit> unit) {}

    private Round(CandidateTask task) {
      this.task = task;
    }

    /** The unit a worker made of it; fails when none does. Any thread. */
    CompletableFuture<HiddenUnit> train(Candidate candidate) {
      CompletableFuture<HiddenUnit> unit = new CompletableFuture<>();
      context.runOnContext(
          v -> {
            waiting.add(new Asked(candidate, unit));
            next();
          });
      return unit;
    }

    /** Ends what is not over: nobody wants it any more. Any thread. */
    void cancel() {
      context.runOnContext(v -> giveUp(Failure.of(FailureCode.CANCELLED, "the growth is over")));
    }

    private void giveUp(Failure reason) {
      over = true;
      vertx.cancelTimer(timer);
      waiting.forEach(asked -> asked.unit().completeExceptionally(reason.toException()));
      waiting.clear();
      new LinkedHashSet<>(open).forEach(call -> call.cancel(reason));
    }

    private void next() {
      if (over || System.nanoTime() - quietUntil < 0) {
        giveUp(Failure.of(FailureCode.NO_WORKER, "pool '" + settings.name() + "' is left alone"));
        return;
      }
      while (!waiting.isEmpty() && open.size() < settings.inFlight()) {
        ask(waiting.remove());
      }
      if (timer < 0) {
        timer = vertx.setTimer(settings.waitMillis(), fired -> nobody());
      }
    }

    private void nobody() {
      if (!taken && !over) {
        LOG.info("no worker of pool {} takes a candidate, they are trained here", settings.name());
        quietUntil = System.nanoTime() + settings.quietMillis() * 1_000_000;
        giveUp(Failure.of(FailureCode.NO_WORKER, "nobody in pool '" + settings.name() + "'"));
      }
    }

    private void ask(Asked asked) {
      RequestHead head =
          RequestHead.newBuilder()
              .setOrigin("plugin")
              .setMethod("POST")
              .addHeaders(Header.newBuilder().setName("Content-Type").setValue("application/json"))
              .build();
      Call call =
          calls.open(
              CallRequest.to(settings.name(), head)
                  .withRemaining(settings.taskMillis())
                  .withTimeout(settings.taskMillis()));
      open.add(call);
      call.committed().onSuccess(v -> taken = true);
      call.body().end(Buffer.buffer(task.body(asked.candidate()))).onFailure(this::unwritten);
      call.response()
          .compose(this::body)
          .map(task::unit)
          .onComplete(
              done -> {
                open.remove(call);
                if (done.succeeded()) {
                  asked.unit().complete(done.result());
                } else {
                  call.cancel(Failure.of(FailureCode.CANCELLED, "its answer is of no use"));
                  LOG.debug("candidate {} comes back", asked.candidate().id(), done.cause());
                  asked.unit().completeExceptionally(done.cause());
                }
                if (!waiting.isEmpty()) {
                  next();
                }
              });
    }

    private void unwritten(Throwable cause) {
      // The call ends with the reason.
      LOG.debug("a task was not read whole", cause);
    }

    private Future<String> body(CallResponse response) {
      if (response.head().getStatus() != 200) {
        return Future.failedFuture("status " + response.head().getStatus());
      }
      Promise<String> whole = Promise.promise();
      Buffer body = Buffer.buffer();
      response
          .body()
          .exceptionHandler(whole::tryFail)
          .endHandler(end -> whole.tryComplete(body.toString()))
          .handler(
              piece -> {
                if (body.length() + piece.length() > MOST_ANSWER) {
                  whole.tryFail("an answer of more than " + MOST_ANSWER + " bytes");
                } else {
                  body.appendBuffer(piece);
                }
              })
          .resume();
      return whole.future();
    }
  }
}
