package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.rules.OwnerRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;

/**
 * One request, repeated with its id until its outcome is certain: a write that was not confirmed by
 * all copies may or may not have been done, and the repeat finds out. On one lane.
 */
final class OwnerQuestion {
  private static final long PATIENCE_MILLIS = 15_000;
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final OwnershipNode node;
  private final Lane lane;
  private final String key;
  private final OwnerRequest request;
  private final Consumer<OwnerAnswer> late;
  private final Promise<OwnerAnswer> promise = Promise.promise();
  private final long began;
  private final Lane.Timer limit;
  private long pause = FIRST_PAUSE_MILLIS;
  private boolean over;
  private Failure last;

  /**
   * @param late told of an answer that came when nobody waited any more
   */
  OwnerQuestion(
      OwnershipNode node, Lane lane, String key, OwnerRequest request, Consumer<OwnerAnswer> late) {
    this.node = node;
    this.lane = lane;
    this.key = key;
    this.request = request;
    this.late = late;
    this.began = lane.now();
    this.limit = lane.timer(PATIENCE_MILLIS, this::expired);
  }

  Future<OwnerAnswer> run() {
    ask();
    return promise.future().map(OwnerQuestion::present);
  }

  /** A stored answer may be of a grant that is over. */
  static OwnerAnswer present(OwnerAnswer answer) {
    boolean over =
        answer.code() == OwnerCode.GRANTED
            && (answer.record() == null
                || !answer.record().isHeld()
                || answer.record().epoch() != answer.epoch());
    return over
        ? new OwnerAnswer(
            OwnerCode.STALE_EPOCH,
            answer.record() == null ? answer.epoch() : answer.record().epoch(),
            answer.record())
        : answer;
  }

  private void ask() {
    if (over) {
      return;
    }
    node.onLane(node.store().apply(key, request), lane)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                answered(done.result());
              } else {
                last = Failure.of(done.cause());
                again();
              }
            });
  }

  private void answered(OwnerAnswer answer) {
    if (over) {
      late.accept(answer);
    } else if (answer.code() == OwnerCode.NO_MAJORITY && node.refusesWrites() == null) {
      // The entry is on a node that is cut off, or about to be found dead, or has just come.
      last = answer.failure();
      again();
    } else if (answer.code() == OwnerCode.NO_MAJORITY) {
      end();
      promise.fail(answer.failure().toException());
    } else {
      end();
      promise.complete(answer);
    }
  }

  private void again() {
    if (over) {
      return;
    }
    Failure refused = node.refusesWrites();
    if (refused != null && lane.now() - began > PATIENCE_MILLIS / 5) {
      end();
      promise.fail(refused.toException());
      return;
    }
    node.observer().repeated();
    lane.timer(pause, this::ask);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
  }

  private void expired() {
    end();
    Failure failure =
        last != null
            ? last
            : Failure.of(
                FailureCode.UNAVAILABLE,
                "the key's entry did not answer within " + PATIENCE_MILLIS + " ms");
    promise.tryFail(failure.toException());
  }

  private void end() {
    over = true;
    limit.cancel();
  }
}
