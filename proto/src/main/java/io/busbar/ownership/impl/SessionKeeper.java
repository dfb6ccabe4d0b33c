package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins this node's session and renews it every third of its ttl, one write for all keys. A
 * session that others ended is lost with all its keys, and a new one begins. On lane 0.
 */
final class SessionKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);
  private static final int MOST_WAITING = 10_000;
  private static final long PATIENCE_MILLIS = 10_000;

  private final OwnershipNode node;
  private final Lane lane;
  private final long ttl;
  private final long margin;
  private final Deque<Promise<Holder>> waiting = new ArrayDeque<>();
  private Holder session;
  private long last;
  private Lane.Timer timer;
  private boolean asking;
  private boolean begun;
  private boolean closed;
  private volatile Kept kept;

  /**
   * @param until how long the holder may write, monotonic ms
   */
  private record Kept(Holder holder, long until) {}

  SessionKeeper(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
    this.ttl = node.options().ttlMillis();
    this.margin = node.options().marginMillis();
  }

  void start() {
    beat();
  }

  /** Ends the session: whoever wants its keys need not wait. */
  Future<Void> stop() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
    Failure gone = Failure.of(FailureCode.DRAINING, "the node stops");
    answerWaiting(null, gone);
    Holder ending = session;
    kept = null;
    if (ending == null || !begun) {
      return Future.succeededFuture();
    }
    Promise<Void> stopped = Promise.promise();
    Lane.Timer limit = lane.timer(1000, stopped::tryComplete);
    node.onLane(
            node.store().session(ending, new SessionRequest.End(node.clock(), "the node left")),
            lane)
        .onComplete(
            done -> {
              limit.cancel();
              if (done.failed()) {
                LOG.info("the session is left to lapse: {}", Failure.of(done.cause()).detail());
              }
              stopped.tryComplete();
            });
    return stopped.future();
  }

  /** Any thread. Null = none. */
  Holder session() {
    Kept now = kept;
    return now == null ? null : now.holder();
  }

  /** Any thread. */
  long remainingMillis() {
    Kept now = kept;
    return now == null ? 0 : Math.max(0, now.until() - lane.now());
  }

  /** The session once it is surely alive. On lane 0. */
  Future<Holder> alive() {
    if (remainingMillis() > 0) {
      return Future.succeededFuture(session());
    }
    if (closed || waiting.size() >= MOST_WAITING) {
      return Future.failedFuture(unsure().toException());
    }
    Promise<Holder> promise = Promise.promise();
    waiting.add(promise);
    Lane.Timer limit =
        lane.timer(
            PATIENCE_MILLIS,
            () -> {
              waiting.remove(promise);
              promise.tryFail(unsure().toException());
            });
    promise.future().onComplete(done -> limit.cancel());
    return promise.future();
  }

  private Failure unsure() {
    Failure why = node.refusesWrites();
    return why != null
        ? why
        : Failure.of(FailureCode.UNAVAILABLE, "this node's session cannot be renewed at present");
  }

  private void answerWaiting(Holder holder, Failure failure) {
    for (Promise<Holder> promise : new ArrayList<>(waiting)) {
      if (failure == null) {
        promise.tryComplete(holder);
      } else {
        promise.tryFail(failure.toException());
      }
    }
    waiting.clear();
  }

  private void next(long millis) {
    if (!closed) {
      timer = lane.timer(millis, this::beat);
    }
  }

  private void beat() {
    if (closed || asking) {
      return;
    }
    if (session == null) {
      last = Math.min(Epochs.LARGEST, Math.max(last + 1, node.clock()));
      session = new Holder(node.name(), last);
    }
    long again = Math.max(20, Math.min(500, ttl / 20));
    if (node.refusesWrites() != null) {
      next(again);
      return;
    }
    Holder renewed = session;
    long sent = lane.now();
    asking = true;
    node.onLane(node.store().session(renewed, new SessionRequest.Renew(node.clock(), ttl)), lane)
        .onComplete(
            done -> {
              asking = false;
              if (done.failed()) {
                LOG.debug("session {} is not renewed", renewed, done.cause());
                next(again);
              } else {
                answered(renewed, done.result(), sent);
              }
            });
  }

  private void answered(Holder renewed, SessionRecord record, long sent) {
    node.learn(renewed, record);
    if (closed) {
      return;
    }
    if (record.ended()) {
      boolean was = begun;
      session = null;
      begun = false;
      kept = null;
      if (was) {
        LOG.warn("session {} was ended: {}; all its keys are lost", renewed, record.cause());
        node.sessionLost(renewed);
      }
      beat();
      return;
    }
    kept = new Kept(renewed, sent + ttl - margin);
    if (!begun) {
      begun = true;
      endEarlierLives(renewed);
    }
    if (remainingMillis() > 0) {
      answerWaiting(renewed, null);
    }
    next(Math.max(1, sent + ttl / 3 - lane.now()));
  }

  /** Node names are unique in a cluster: sessions of this name are of processes that are over. */
  private void endEarlierLives(Holder own) {
    List<Holder> earlier = node.sessions().others(own);
    for (Holder before : earlier) {
      if (before.incarnation() < own.incarnation()) {
        node.onLane(
                node.store()
                    .session(before, new SessionRequest.End(node.clock(), "the node started anew")),
                lane)
            .onSuccess(record -> node.learn(before, record))
            .onFailure(cause -> LOG.info("session {} is left to lapse", before, cause));
      }
    }
  }
}
