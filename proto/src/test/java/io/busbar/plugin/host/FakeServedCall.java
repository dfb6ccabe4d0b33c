package io.busbar.plugin.host;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.busbar.worker.Slots;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.atomic.AtomicInteger;

/** An accepted attempt whose caller is the test. Insists on being used on its lane only. */
public final class FakeServedCall implements ServedCall {
  public final FakeRequest request = new FakeRequest();
  public final Promise<Outcome> outcome = Promise.promise();
  public final Promise<ResponseHead> head = Promise.promise();

  /** Completes when the slot was given back. */
  public final Promise<Void> slotFree = Promise.promise();

  private final Context lane;
  private final Slots slots;
  private final OfferedCall offer;
  private final Response response = new Response();
  private volatile Buffer body = Buffer.buffer();
  private final AtomicInteger writes = new AtomicInteger();
  private boolean ended;
  private boolean held;
  private Handler<Failure> cancelHandler;

  FakeServedCall(Context lane, Slots slots, long number, RequestHead head) {
    this.lane = lane;
    this.slots = slots;
    this.offer = new OfferedCall(CallId.of(1, 0, number), 1, "pool", head, 60_000, 60_000, 0, "");
  }

  private void onLane() {
    if (io.vertx.core.Vertx.currentContext() != lane) {
      throw new IllegalStateException("used off its lane");
    }
  }

  /** The caller goes away, or the deadline passes. Any thread. */
  public void cancel(Failure reason) {
    lane.runOnContext(
        v -> {
          if (!ended) {
            ended = true;
            over();
            outcome.complete(Outcome.newBuilder().setFailure(reason.toWire()).build());
            if (cancelHandler != null) {
              cancelHandler.handle(reason);
            }
          }
        });
  }

  /** The request body in one piece. Any thread. */
  public FakeServedCall sends(String text) {
    return sends(Buffer.buffer(text));
  }

  /** The request body in these pieces. Any thread. */
  public FakeServedCall sends(Buffer... pieces) {
    lane.runOnContext(
        v -> {
          for (Buffer piece : pieces) {
            request.push(piece);
          }
          request.finish();
        });
    return this;
  }

  public void onLane(Runnable action) {
    lane.runOnContext(v -> action.run());
  }

  /** While full, nothing that is written is acknowledged. Any thread. */
  public void full(boolean on) {
    lane.runOnContext(
        v -> {
          response.full = on;
          Handler<Void> handler = response.drain;
          if (!on && handler != null) {
            response.drain = null;
            handler.handle(null);
          }
        });
  }

  public Buffer body() {
    return body;
  }

  public int writes() {
    return writes.get();
  }

  private void over() {
    if (!held) {
      free();
    }
  }

  private void free() {
    slots.free();
    slotFree.complete();
  }

  @Override
  public OfferedCall offer() {
    return offer;
  }

  @Override
  public long remainingMillis() {
    return 60_000;
  }

  @Override
  public ReadStream<Buffer> request() {
    return request;
  }

  @Override
  public void respond(ResponseHead newHead) {
    onLane();
    if (!ended) {
      head.complete(newHead);
    }
  }

  @Override
  public WriteStream<Buffer> response() {
    return response;
  }

  @Override
  public void end(Outcome how) {
    onLane();
    if (!ended) {
      ended = true;
      over();
      outcome.complete(how);
    }
  }

  @Override
  public void fail(Failure failure) {
    end(Outcome.newBuilder().setFailure(failure.toWire()).build());
  }

  @Override
  public void commit() {
    onLane();
  }

  @Override
  public boolean committed() {
    return head.future().isComplete();
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void cancelHandler(Handler<Failure> handler) {
    onLane();
    cancelHandler = handler;
  }

  @Override
  public Runnable holdSlot() {
    onLane();
    held = true;
    return () -> {
      onLane();
      held = false;
      if (ended) {
        free();
      }
    };
  }

  private final class Response implements WriteStream<Buffer> {
    boolean full;
    Handler<Void> drain;

    @Override
    public Future<Void> write(Buffer part) {
      onLane();
      if (!ended) {
        writes.incrementAndGet();
        body = body.copy().appendBuffer(part);
      }
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      FakeServedCall.this.end(Outcome.getDefaultInstance());
      return Future.succeededFuture();
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return full;
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
      drain = handler;
      return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
      return this;
    }
  }
}
