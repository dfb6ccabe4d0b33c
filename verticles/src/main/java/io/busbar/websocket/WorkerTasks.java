package io.busbar.websocket;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.ResultCheck;
import io.busbar.juniper.WorkerFrames;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.busbar.worker.WorkerAdapter;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The calls of one worker, one at a time: a body becomes a task, the task's result an answer.
 * Whatever goes wrong with a task fails the attempt in a way that lets another worker try. On the
 * lane's context.
 */
final class WorkerTasks implements WorkerAdapter {
  private final WorkersLane home;
  private final WorkerWire wire;
  private final String workerId;
  private final Consumer<String> broken;
  private ServedCall serving;
  private RunningTask running;
  private TaskFeed feed;
  private ResultIntake intake;
  private boolean closed;

  /**
   * @param broken told why the worker has a half of a task, which only the end of its connection
   *     undoes
   */
  WorkerTasks(WorkersLane home, WorkerWire wire, String workerId, Consumer<String> broken) {
    this.home = home;
    this.wire = wire;
    this.workerId = workerId;
    this.broken = broken;
  }

  // ---- calls -------------------------------------------------------------------------------

  @Override
  public Failure refuses(OfferedCall offer) {
    return TaskForm.refuses(offer.head(), home.options());
  }

  /** A task that came to nothing goes to another worker, with its body. */
  @Override
  public boolean mayRejectLate() {
    return true;
  }

  /** Not before it has a task: what it was given until then it cannot answer. */
  @Override
  public boolean answersEarly() {
    return false;
  }

  @Override
  public void serve(ServedCall call) {
    serving = call;
    call.cancelHandler(reason -> cancelled(call));
    TaskForm form = TaskForm.of(call.offer().head());
    TaskReading.read(home.lane(), call, form, home.options())
        .onSuccess(task -> assign(call, form, task))
        .onFailure(
            cause -> {
              forget(call);
              call.fail(Failure.of(cause));
            });
  }

  private void assign(ServedCall call, TaskForm form, TaskRequest task) {
    if (call.ended()) {
      return;
    }
    if (closed || wire.isClosing()) {
      forget(call);
      call.fail(
          Failure.of(FailureCode.WORKER_LOST, "the worker left before it had the task")
              .withRetrySafe(true));
      return;
    }
    String taskId = UUID.randomUUID().toString();
    running = new RunningTask(home.lane(), call, form, taskId);
    limit();
    String round = call.offer().id().toString();
    wire.begin(
        WorkerFrames.taskAssign(
            taskId,
            UUID.nameUUIDFromBytes(round.getBytes(StandardCharsets.UTF_8)).toString(),
            task.candidateIndex(),
            task.candidateData(),
            task.trainingParams(),
            task.manifest()));
    for (BinaryFrame tensor : task.tensors().values()) {
      wire.tensor(Buffers.message(tensor));
    }
    if (task.rest() == null) {
      wire.end();
    } else {
      follow(call, task);
    }
  }

  private void limit() {
    running.limit(home.options().taskTimeout().toMillis(), this::overdue);
  }

  // ---- a task whose tensors still come -----------------------------------------------------

  private void follow(ServedCall call, TaskRequest task) {
    TaskFeed mine = new TaskFeed(wire, task);
    feed = mine;
    call.request().handler(chunk -> feed(call, mine, () -> mine.take(chunk)));
    call.request().endHandler(v -> feed(call, mine, mine::end));
    feed(call, mine, () -> mine.take(task.rest().begun()));
    drained();
  }

  private void feed(ServedCall call, TaskFeed mine, Runnable step) {
    if (feed != mine) {
      return;
    }
    try {
      step.run();
    } catch (FailureException e) {
      forget(call);
      running.fail(e.failure());
      breakOff("the body of its task is wrong");
      return;
    }
    if (mine.done()) {
      feed = null;
      wire.end();
      limit();
      // What stands behind the last part is read and dropped.
      call.request().resume();
    } else if (wire.full()) {
      call.request().pause();
    }
  }

  /** The socket takes more. */
  void drained() {
    if (feed != null && !wire.full()) {
      running.call().request().resume();
    }
  }

  private void breakOff(String why) {
    home.node().meters().broken();
    broken.accept(why);
  }

  private void forget(ServedCall call) {
    if (serving == call) {
      serving = null;
    }
  }

  /** The worker cannot be told: its slot stays taken until it has an answer or says it is idle. */
  private void cancelled(ServedCall call) {
    forget(call);
    if (running != null && running.call() == call) {
      running.abandon();
      if (feed != null) {
        breakOff("its task was given up half-sent");
      }
    }
  }

  private void overdue(RunningTask task) {
    if (feed != null && !wire.full()) {
      // It is the caller who is slow, and the call has a limit of its own.
      limit();
      return;
    }
    forget(task.call());
    task.fail(
        Failure.of(
                FailureCode.WORKER_FAILED,
                "no result within " + home.options().taskTimeout().toMillis() + " ms")
            .withRetrySafe(true));
    if (feed != null) {
      breakOff("it does not take its task");
    }
  }

  void close(Failure lost) {
    closed = true;
    intake = null;
    feed = null;
    ServedCall call = serving;
    serving = null;
    if (running != null) {
      running.fail(lost);
      running.free();
      running = null;
    }
    if (call != null) {
      call.fail(lost);
    }
  }

  // ---- what the worker sends ---------------------------------------------------------------

  /**
   * @param inFlight tasks that the worker says it has, as sent
   */
  void heartbeat(Object inFlight) {
    if (running != null && running.abandoned() && running.saysIdle(inFlight)) {
      freed();
    }
  }

  /** Header of a result. */
  void result(Map<String, Object> header) {
    String fault = ResultCheck.manifestFault(header);
    if (fault != null) {
      abort(header.get("task_id"), fault);
      return;
    }
    intake = new ResultIntake(header, home.options().maxResult());
    if (intake.complete()) {
      judge();
    }
  }

  /** A binary message; false = nothing had announced it. */
  boolean frame(Buffer message) {
    if (intake == null) {
      return false;
    }
    String fault = intake.take(message);
    if (fault != null) {
      ResultIntake broken = intake;
      intake = null;
      abort(broken.header().get("task_id"), fault);
    } else if (intake.complete()) {
      judge();
    }
    return true;
  }

  /** A text that is no heartbeat ends the wait for tensors; false = none were awaited. */
  boolean abortedByText() {
    if (intake == null) {
      return false;
    }
    ResultIntake broken = intake;
    intake = null;
    abort(broken.header().get("task_id"), "Expected binary frame for tensor: " + broken.awaited());
    return true;
  }

  private void abort(Object taskId, String error) {
    home.node().meters().result("aborted");
    boolean own = running != null && running.id().equals(taskId);
    if (own) {
      dropRest();
    }
    wire.text(WorkerFrames.error(error, WorkerSession.now(), null));
    if (own) {
      fail(error);
    }
  }

  private void judge() {
    ResultIntake result = intake;
    intake = null;
    Object taskId = result.header().get("task_id");
    boolean own = running != null && running.id().equals(taskId);
    String fault = ResultCheck.fault(result.header(), result.tensors());
    boolean accepted = own && !running.abandoned() && fault == null;
    home.node().meters().result(accepted ? "accepted" : "rejected");
    if (own) {
      dropRest();
    }
    wire.text(WorkerFrames.resultAck(taskId instanceof String id ? id : null, accepted));
    if (accepted) {
      answer(result);
    } else if (own) {
      fail(fault == null ? "the result came too late" : fault);
    }
  }

  /** A worker that has answered skips the tensors that it did not wait for. */
  private void dropRest() {
    if (feed != null) {
      feed = null;
      wire.end();
    }
  }

  private void fail(String fault) {
    Failure failure =
        Failure.of(
                FailureCode.WORKER_PROTOCOL, "worker " + workerId + " sent a bad result: " + fault)
            .withRetrySafe(true);
    running.fail(failure);
    freed();
  }

  private void freed() {
    RunningTask task = running;
    running = null;
    forget(task.call());
    task.free();
  }

  private void answer(ResultIntake result) {
    RunningTask task = running;
    task.settled();
    TaskAnswer.encode(home.lane(), task.form(), result)
        .onSuccess(answer -> send(task, answer))
        .onFailure(cause -> task.fail(Failure.of(cause)));
    freed();
  }

  private static void send(RunningTask task, TaskAnswer answer) {
    ServedCall call = task.call();
    call.respond(
        ResponseHead.newBuilder()
            .setStatus(200)
            .addHeaders(header("content-type", answer.contentType()))
            .addHeaders(header("content-length", Long.toString(answer.length())))
            .build());
    // At once: what the caller has not read yet is the stream's, and the worker is free.
    answer.pieces().forEach(call.response()::write);
    call.response().end();
  }

  private static Header header(String name, String value) {
    return Header.newBuilder().setName(name).setValue(value).build();
  }
}
