package io.busbar.websocket;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.worker.ServedCall;
import java.util.function.Consumer;

/**
 * A task that a worker has. It keeps the worker's slot until the worker is known to be done with
 * it, also when nobody wants the result any more. On the lane's context.
 */
final class RunningTask {
  /** The first such beat may have been sent before the task arrived. */
  private static final int IDLE_BEATS = 2;

  private final Lane lane;
  private final ServedCall call;
  private final TaskForm form;
  private final String id;
  private final Runnable slot;
  private Lane.Timer timer;
  private boolean abandoned;
  private int idleBeats;

  RunningTask(Lane lane, ServedCall call, TaskForm form, String id) {
    this.lane = lane;
    this.call = call;
    this.form = form;
    this.id = id;
    this.slot = call.holdSlot();
  }

  /** Told once when there is no result after that time, counted from now. */
  void limit(long millis, Consumer<RunningTask> overdue) {
    settled();
    timer =
        lane.timer(
            millis,
            () -> {
              timer = null;
              overdue.accept(this);
            });
  }

  ServedCall call() {
    return call;
  }

  TaskForm form() {
    return form;
  }

  String id() {
    return id;
  }

  /** Nobody wants the result. */
  void abandon() {
    abandoned = true;
    settled();
  }

  boolean abandoned() {
    return abandoned;
  }

  /** No time limit any more. */
  void settled() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  void fail(Failure failure) {
    abandon();
    call.fail(failure);
  }

  /** Whether the worker said often enough that it has nothing. */
  boolean saysIdle(Object inFlight) {
    boolean idle = inFlight instanceof Number number && number.doubleValue() == 0;
    idleBeats = idle ? idleBeats + 1 : 0;
    return idleBeats >= IDLE_BEATS;
  }

  /** Gives the slot back, as far as the call has ended. */
  void free() {
    settled();
    slot.run();
  }
}
