package io.busbar.controlplane;

import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * One watcher of the membership. What it does not take waits, at most {@value #MOST_WAITING}
 * events; then all of them give way to one fresh snapshot. All on one lane.
 */
final class MembershipWatch {
  private static final int MOST_WAITING = 256;
  private static final int DEFAULT_BOOKMARK_SECONDS = 10;
  private static final int LONGEST_BOOKMARK_SECONDS = 60;
  private static final long HEALTH_MILLIS = 1000;
  private static final long NO_TIMER = -1;

  private final MembershipLog log;
  private final HealthBoard board;
  private final Context context;
  private final GrpcServerResponse<WatchMembershipRequest, MembershipEvent> response;
  private final Consumer<MembershipWatch> over;
  private final Consumer<MembershipEvent> listener;
  private final Deque<MembershipEvent> waiting = new ArrayDeque<>();
  private final long timer;
  private long healthTimer = NO_TIMER;
  private long healthTold;

  /** Last revision that the watcher was given: what it may come back with. */
  private long revision;

  private boolean ended;

  /**
   * @param over told once, when it has ended
   */
  MembershipWatch(
      MembershipLog log,
      HealthBoard board,
      Vertx vertx,
      GrpcServerRequest<WatchMembershipRequest, MembershipEvent> request,
      WatchMembershipRequest wish,
      Consumer<MembershipWatch> over) {
    this.log = log;
    this.board = board;
    this.context = vertx.getOrCreateContext();
    this.response = request.response();
    this.over = over;
    this.listener = event -> context.runOnContext(v -> push(event));
    response.exceptionHandler(cause -> stop());
    response.drainHandler(v -> flush());
    request.errorHandler(error -> stop());
    long seconds = bookmarkSeconds(wish.getBookmarkSeconds());
    timer = vertx.setPeriodic(seconds * 1000, t -> push(log.bookmark()));
    revision = wish.getFromRevision();
    log.join(listener, wish.getStreamId(), wish.getFromRevision()).forEach(this::push);
    if (wish.getIncludeHealth() && !ended) {
      tellHealth();
      healthTimer = vertx.setPeriodic(HEALTH_MILLIS, t -> tellHealth());
    }
  }

  /**
   * Pause between two bookmarks.
   *
   * @param asked unsigned; 0 = whatever is usual
   */
  static long bookmarkSeconds(int asked) {
    return asked == 0
        ? DEFAULT_BOOKMARK_SECONDS
        : Math.min(LONGEST_BOOKMARK_SECONDS, Math.max(1, Integer.toUnsignedLong(asked)));
  }

  /** The last word of each host that has a new one; whoever is behind skips a turn. */
  private void tellHealth() {
    for (HealthBoard.Word word : board.since(healthTold)) {
      if (ended || !waiting.isEmpty()) {
        return;
      }
      healthTold = Math.max(healthTold, word.number());
      push(log.health(word));
    }
  }

  private void push(MembershipEvent event) {
    // A change that was on its way here when a snapshot was taken is in that.
    if (ended || (event.hasChange() && event.getRevision() <= revision)) {
      return;
    }
    if (waiting.size() >= MOST_WAITING) {
      waiting.clear();
      add(log.snapshot(true));
    } else {
      add(event);
    }
    flush();
  }

  private void add(MembershipEvent event) {
    if (event.hasChange() || event.hasSnapshot()) {
      revision = event.getRevision();
      waiting.add(event);
    } else {
      // Not that of the log: changes up to it may still be on their way here.
      waiting.add(event.toBuilder().setRevision(revision).build());
    }
  }

  private void flush() {
    while (!ended && !waiting.isEmpty() && !response.writeQueueFull()) {
      response.write(waiting.poll()).onFailure(cause -> stop());
    }
  }

  boolean isOver() {
    return ended;
  }

  /** Ends it in order, with an OK. */
  void end() {
    if (!ended) {
      stop();
      response.end();
    }
  }

  private void stop() {
    if (!ended) {
      ended = true;
      context.owner().cancelTimer(timer);
      if (healthTimer != NO_TIMER) {
        context.owner().cancelTimer(healthTimer);
      }
      log.leave(listener);
      waiting.clear();
      over.accept(this);
    }
  }
}
