package io.busbar.plugin.host;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The calls of a lane, used from another context: same promises, told on that context. Requests and
 * answers pass by reference and with back-pressure.
 */
public final class BorrowedCalls implements Calls {
  /** Ids made outside the lane have this bit in their counter, which a lane never reaches. */
  private static final long OUTSIDE = 1L << 55;

  private final Lane lane;
  private final Calls calls;
  private final ContextInternal user;
  private final Consumer<Runnable> onUser;
  private final AtomicLong counter =
      new AtomicLong(ThreadLocalRandom.current().nextLong(OUTSIDE >>> 1));

  /** For use on that context. */
  public BorrowedCalls(HostLane from, Context user) {
    this(from, user, action -> user.runOnContext(v -> action.run()));
  }

  BorrowedCalls(HostLane from, Context user, Consumer<Runnable> onUser) {
    this.lane = from.lane();
    this.calls = from.calls();
    this.user = (ContextInternal) user;
    this.onUser = onUser;
  }

  private CallId nextId() {
    long number = OUTSIDE | (counter.getAndIncrement() & (OUTSIDE - 1));
    return CallId.of(lane.node().incarnation(), lane.endpoint().lane(), number);
  }

  @Override
  public Call open(CallRequest request) {
    return open(nextId(), request);
  }

  @Override
  public Call open(CallId id, CallRequest request) {
    BorrowedCall call = new BorrowedCall(id);
    onLane(() -> call.open(request));
    return call;
  }

  @Override
  public Future<CallState> find(CallId id) {
    return ask(() -> calls.find(id));
  }

  @Override
  public Future<CallState> cancel(CallId id, Failure reason) {
    return ask(() -> calls.cancel(id, reason));
  }

  private Future<CallState> ask(Supplier<Future<CallState>> question) {
    Promise<CallState> answer = user.promise();
    onLane(() -> Attempt.of(question).onComplete(answer));
    return answer.future();
  }

  private void onLane(Runnable action) {
    lane.context().runOnContext(v -> action.run());
  }

  private final class BorrowedCall implements Call {
    private final CallId id;
    private final HandoverWriter body;
    private final Promise<CallResponse> response = user.promise();
    private final Promise<Void> committed = user.promise();
    private final Promise<CallEnd> end = user.promise();

    /** On the lane: null until it was opened there, which comes before any other action. */
    private Call real;

    BorrowedCall(CallId id) {
      this.id = id;
      this.body = new HandoverWriter(() -> real.body(), user, lane.context(), () -> {});
    }

    void open(CallRequest request) {
      try {
        real = calls.open(id, request);
      } catch (RuntimeException e) {
        real = new NoCall(id, Failure.of(e));
      }
      real.response().map(this::handedOver).onComplete(response);
      real.committed().onComplete(committed);
      real.end()
          .onComplete(
              ended -> {
                body.close();
                end.handle(ended);
              });
    }

    private CallResponse handedOver(CallResponse there) {
      return new CallResponse(
          there.head(),
          new HandoverReader(there.body(), lane.context(), onUser),
          there.worker(),
          there.workerNode(),
          there.attempts());
    }

    @Override
    public CallId id() {
      return id;
    }

    @Override
    public WriteStream<Buffer> body() {
      return body;
    }

    @Override
    public Future<CallResponse> response() {
      return response.future();
    }

    @Override
    public Future<Void> committed() {
      return committed.future();
    }

    @Override
    public Future<CallEnd> end() {
      return end.future();
    }

    @Override
    public void cancel(Failure reason) {
      onLane(() -> real.cancel(reason));
    }
  }

  /** A call that could not be opened. */
  private record NoCall(CallId id, Failure failure) implements Call {
    @Override
    public WriteStream<Buffer> body() {
      throw failure.toException();
    }

    @Override
    public Future<CallResponse> response() {
      return Future.failedFuture(failure.toException());
    }

    @Override
    public Future<CallEnd> end() {
      return Future.succeededFuture(
          new CallEnd(failure, 0, "", 0, 0, 0, Timing.getDefaultInstance(), 0));
    }

    @Override
    public void cancel(Failure reason) {
      // It is over already.
    }
  }
}
