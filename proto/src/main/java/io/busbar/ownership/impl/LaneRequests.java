package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one lane puts a request to a key's entry: checked before, counted, and certain. */
final class LaneRequests {
  private static final Logger LOG = LoggerFactory.getLogger(LaneRequests.class);

  private final OwnershipNode node;
  private final Lane lane;

  LaneRequests(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  /**
   * A request for a key under an epoch.
   *
   * @param grants it may give out a new epoch
   */
  Future<OwnerAnswer> request(
      String what, String key, long epoch, boolean grants, Function<Stamp, OwnerRequest> make) {
    Failure refused = OwnerNames.key(key);
    refused = refused == null ? OwnerNames.epoch(epoch) : refused;
    if (refused == null) {
      refused = grants ? node.refusesGrants() : node.refusesWrites();
    }
    return counted(
        what,
        refused != null
            ? Future.failedFuture(refused.toException())
            : question(key, make.apply(node.stamp(0))));
  }

  /** Asks until it is certain. */
  Future<OwnerAnswer> question(String key, OwnerRequest request) {
    return new OwnerQuestion(node, lane, key, request, late -> giveBack(key, late)).run();
  }

  Future<OwnerAnswer> release(String key, long epoch) {
    return request("release", key, epoch, false, stamp -> new OwnerRequest.Release(stamp, epoch))
        .map(answer -> noteGone(key, epoch, answer));
  }

  /**
   * After a request that may have ended this node's holding of a key, and before its answer is
   * told: whoever hears it does not find the key among the held ones.
   */
  OwnerAnswer noteGone(String key, long epoch, OwnerAnswer answer) {
    boolean over = answer.code() == OwnerCode.STALE_EPOCH || answer.code() == OwnerCode.NOT_OWNED;
    if (answer.isDone() || over) {
      node.held().dropped(key, epoch);
    }
    return answer;
  }

  /** Nobody waited for the grant any more: the key must not stay with a holder that is not told. */
  void giveBack(String key, OwnerAnswer late) {
    if (late.code() == OwnerCode.GRANTED) {
      release(key, late.epoch())
          .onFailure(cause -> LOG.warn("key {} stays with {}", key, late.record().holder(), cause));
    }
  }

  Future<OwnerAnswer> counted(String what, Future<OwnerAnswer> answer) {
    return counted(what, answer, done -> done.code().name().toLowerCase(Locale.ROOT));
  }

  <T> Future<T> counted(String what, Future<T> answer, Function<T, String> result) {
    long began = lane.now();
    return answer.onComplete(
        done ->
            node.observer()
                .request(
                    what,
                    done.succeeded()
                        ? result.apply(done.result())
                        : Failure.of(done.cause()).code().wireName(),
                    lane.now() - began));
  }
}
