package io.busbar.plugin.host;

import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.TimeUnit;

/**
 * A served call seen from a plugin's thread: made on the lane, used on the instance's context. What
 * the plugin does happens on the lane in the same order; what happens to the call is told on the
 * instance's context, and {@link #ended()} shows it at once on any thread.
 */
final class HandoverCall implements ServedCall {
  private final ServedCall served;
  private final Context lane;
  private final ThreadInstance instance;
  private final Runnable onOver;
  private final HandoverReader request;
  private final HandoverWriter response;
  private final long remainingAtStart;
  private final long startNanos;

  // On the lane.
  private boolean over;

  private volatile boolean ended;

  // On the instance's context.
  private boolean committed;
  private Handler<Failure> cancelHandler;
  private Failure cancelled;

  /**
   * On the lane.
   *
   * @param onOver run once on the lane when the call is over, whoever ended it
   */
  HandoverCall(ServedCall served, Context lane, ThreadInstance instance, Runnable onOver) {
    this.served = served;
    this.lane = lane;
    this.instance = instance;
    this.onOver = onOver;
    this.remainingAtStart = served.remainingMillis();
    this.startNanos = System.nanoTime();
    this.request = new HandoverReader(served.request(), lane, instance::run);
    this.response =
        new HandoverWriter(served::response, instance.context(), lane, this::overOnLane);
    served.cancelHandler(this::cancelledOnLane);
  }

  private void cancelledOnLane(Failure reason) {
    overOnLane();
    instance.run(() -> cancelledOnInstance(reason));
  }

  private void overOnLane() {
    ended = true;
    response.close();
    if (!over) {
      over = true;
      onOver.run();
    }
  }

  private void cancelledOnInstance(Failure reason) {
    cancelled = reason;
    if (cancelHandler != null) {
      cancelHandler.handle(reason);
    }
  }

  @Override
  public OfferedCall offer() {
    return served.offer();
  }

  @Override
  public long remainingMillis() {
    if (remainingAtStart == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    return Math.max(0, remainingAtStart - passed);
  }

  @Override
  public ReadStream<Buffer> request() {
    return request;
  }

  @Override
  public void respond(ResponseHead head) {
    committed = true;
    lane.runOnContext(v -> served.respond(head));
  }

  @Override
  public WriteStream<Buffer> response() {
    return response;
  }

  @Override
  public void end(Outcome outcome) {
    lane.runOnContext(
        v -> {
          served.end(outcome);
          overOnLane();
        });
  }

  @Override
  public void fail(Failure failure) {
    lane.runOnContext(
        v -> {
          served.fail(failure);
          overOnLane();
        });
  }

  @Override
  public void commit() {
    committed = true;
    lane.runOnContext(v -> served.commit());
  }

  @Override
  public boolean committed() {
    return committed;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void cancelHandler(Handler<Failure> handler) {
    cancelHandler = handler;
    if (cancelled != null && handler != null) {
      handler.handle(cancelled);
    }
  }

  /** The slot stays the lane's. */
  @Override
  public Runnable holdSlot() {
    throw new IllegalStateException("slots are held on the lane");
  }
}
