package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks a plugin how it is when it gave reason to, and then, as long as it is unwell, with growing
 * pauses. Lives on one lane.
 */
final class HealthWatch {
  private static final int MAX_DOUBLINGS = 5;

  private final Lane lane;
  private final Function<Runnable, Future<String>> question;
  private final Consumer<String> onChange;
  private final HostOptions options;
  private boolean asking;
  private boolean stopped;
  private String unwell;
  private int doublings;
  private long quietUntil = Long.MIN_VALUE;
  private int round;
  private Lane.Timer next;
  private Lane.Timer limit;

  /**
   * @param onChange told each change: the reason, or null = well
   */
  HealthWatch(
      Lane lane,
      Function<Runnable, Future<String>> question,
      Consumer<String> onChange,
      HostOptions options) {
    this.lane = lane;
    this.question = question;
    this.onChange = onChange;
    this.options = options;
  }

  /** Something went wrong with the plugin. Any thread. */
  void suspect() {
    lane.context()
        .runOnContext(
            v -> {
              if (unwell == null && !asking && lane.now() >= quietUntil) {
                ask();
              }
            });
  }

  /** Asks no more. On the lane. */
  void stop() {
    stopped = true;
    if (next != null) {
      next.cancel();
    }
    if (limit != null) {
      limit.cancel();
    }
  }

  private void ask() {
    if (stopped) {
      return;
    }
    asking = true;
    int now = ++round;
    question
        .apply(() -> lane.context().runOnContext(v -> asked(now)))
        .onComplete(answer -> lane.context().runOnContext(v -> answered(now, answer)));
  }

  /** The time it may take counts from here, not from when the plugin was still busy. */
  private void asked(int inRound) {
    if (inRound == round && asking && !stopped) {
      limit =
          lane.timer(
              options.healthTimeoutMillis(),
              () ->
                  verdict(
                      inRound, "health: no answer in " + options.healthTimeoutMillis() + " ms"));
    }
  }

  private void answered(int inRound, AsyncResult<String> answer) {
    verdict(
        inRound,
        answer.succeeded() ? answer.result() : "health: " + WorkerFailures.text(answer.cause()));
  }

  private void verdict(int inRound, String reason) {
    if (inRound != round || !asking || stopped) {
      return;
    }
    asking = false;
    if (limit != null) {
      limit.cancel();
      limit = null;
    }
    if (reason == null ? unwell != null : !reason.equals(unwell)) {
      unwell = reason;
      onChange.accept(reason);
    }
    if (reason == null) {
      doublings = 0;
      quietUntil = lane.now() + options.healthPauseMillis();
    } else {
      next = lane.timer(options.healthPauseMillis() << doublings, this::ask);
      doublings = Math.min(MAX_DOUBLINGS, doublings + 1);
    }
  }
}
