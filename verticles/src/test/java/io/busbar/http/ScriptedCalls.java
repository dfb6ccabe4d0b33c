package io.busbar.http;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.CallState;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Calls without a bus: a script decides what each call does. The script runs on the context of the
 * front side, one turn after the call was opened, as the real thing would at the earliest.
 */
final class ScriptedCalls implements Calls {
  private static final long NODE = 0x0123456789abcdefL;

  private final AtomicLong next = new AtomicLong(1);
  private final List<ScriptedCall> opened = new CopyOnWriteArrayList<>();
  private final Map<CallId, CallState> states = new ConcurrentHashMap<>();
  private final List<CallId> cancelled = new CopyOnWriteArrayList<>();
  private volatile Consumer<ScriptedCall> script = ScriptedCall::echo;

  /** What each call opened from now on does. */
  public ScriptedCalls script(Consumer<ScriptedCall> newScript) {
    script = newScript;
    return this;
  }

  /** The calls opened so far. */
  public List<ScriptedCall> opened() {
    return new ArrayList<>(opened);
  }

  /** A call that {@link #find} knows. */
  public void remember(CallState state) {
    states.put(CallId.fromWire(state.getId()), state);
  }

  /** Calls cancelled by id. */
  public List<CallId> cancelled() {
    return new ArrayList<>(cancelled);
  }

  @Override
  public Call open(CallRequest request) {
    Context context = io.vertx.core.Vertx.currentContext();
    ScriptedCall call =
        new ScriptedCall(CallId.of(NODE, 0, next.getAndIncrement()), request, context);
    opened.add(call);
    Consumer<ScriptedCall> now = script;
    context.runOnContext(v -> now.accept(call));
    return call;
  }

  @Override
  public Future<CallState> find(CallId id) {
    CallState state = states.get(id);
    if (state != null) {
      return Future.succeededFuture(state);
    }
    FailureCode code = id.node() == NODE ? FailureCode.NOT_FOUND : FailureCode.NODE_GONE;
    return Future.failedFuture(Failure.of(code, "call " + id + " is not known").toException());
  }

  @Override
  public Future<CallState> cancel(CallId id, Failure reason) {
    return find(id)
        .map(
            state -> {
              cancelled.add(id);
              return state.toBuilder().setState("ended").setFailure(reason.toWire()).build();
            });
  }
}
