package io.busbar.testing;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.CallState;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Calls whose other side is the test: each opened call can be taken with {@link #next()}, or is
 * handed to a script on the lane.
 */
public final class FakeCalls implements Calls {
  private final Lane lane;
  private final BlockingQueue<FakeCall> opened = new LinkedBlockingQueue<>();
  private volatile Consumer<FakeCall> script;

  public FakeCalls(Lane lane) {
    this.lane = lane;
  }

  /** From now on each call is handed to the script, on the lane, before open returns. */
  public FakeCalls script(Consumer<FakeCall> newScript) {
    script = newScript;
    return this;
  }

  /** Takes the next opened call; waits for it. */
  public FakeCall next() {
    try {
      FakeCall call = opened.poll(20, TimeUnit.SECONDS);
      if (call == null) {
        throw new AssertionError("no call was opened");
      }
      return call;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Calls opened and not taken. */
  public int waiting() {
    return opened.size();
  }

  @Override
  public Call open(CallRequest request) {
    FakeCall call = new FakeCall(lane.nextId(), request, lane.context());
    if (script != null) {
      script.accept(call);
    } else {
      opened.add(call);
    }
    return call;
  }

  @Override
  public Future<CallState> find(CallId id) {
    return Future.failedFuture(Failure.of(FailureCode.NOT_FOUND, "fake").toException());
  }

  @Override
  public Future<CallState> cancel(CallId id, Failure reason) {
    return find(id);
  }
}
