package io.busbar.testing;

import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.busbar.worker.WorkerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A worker that does with each call what the test says, and remembers what it was told. */
public final class FakeWorker implements WorkerAdapter {
  private final boolean late;
  private boolean early = true;
  private Consumer<ServedCall> script;
  private final List<ServedCall> served = new ArrayList<>();
  private final List<Failure> cancels = new ArrayList<>();
  private Failure refusal;

  public FakeWorker(boolean mayRejectLate, Consumer<ServedCall> script) {
    this.late = mayRejectLate;
    this.script = script;
  }

  /** Answers with the body it gets, as it gets it. */
  public static FakeWorker echo() {
    return new FakeWorker(false, FakeWorker::echo);
  }

  /** Says nothing. */
  public static FakeWorker silent() {
    return new FakeWorker(false, call -> {});
  }

  public static void echo(ServedCall call) {
    call.respond(ResponseHead.newBuilder().setStatus(200).build());
    call.request()
        .handler(
            data -> {
              call.response().write(data);
              if (call.response().writeQueueFull()) {
                call.request().pause();
              }
            });
    call.response().drainHandler(nothing -> call.request().resume());
    call.request().endHandler(nothing -> call.response().end());
    call.request().resume();
  }

  public FakeWorker refusing(Failure why) {
    refusal = why;
    return this;
  }

  /** It cannot say anything before it has the whole request. */
  public FakeWorker patient() {
    early = false;
    return this;
  }

  public void script(Consumer<ServedCall> next) {
    script = next;
  }

  /** All calls it was given, in order. */
  public List<ServedCall> served() {
    return served;
  }

  public ServedCall last() {
    return served.get(served.size() - 1);
  }

  /** Why calls were taken from it, in order. */
  public List<Failure> cancels() {
    return cancels;
  }

  @Override
  public Failure refuses(OfferedCall offer) {
    return refusal;
  }

  @Override
  public boolean mayRejectLate() {
    return late;
  }

  @Override
  public boolean answersEarly() {
    return early;
  }

  @Override
  public void serve(ServedCall call) {
    served.add(call);
    call.cancelHandler(cancels::add);
    script.accept(call);
  }
}
