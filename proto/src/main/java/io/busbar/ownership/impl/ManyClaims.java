package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Claims of many keys for one holder: all keys of a partition in one operation. Keys of other
 * sessions that turn out to be over are claimed once more, together per session; what did not
 * answer is asked one by one, with the same id. Used once, on one lane.
 */
final class ManyClaims {
  private static final long PATIENCE_MILLIS = 15_000;

  /** Keys that are asked one by one at a time. */
  private static final int SINGLY = 64;

  private final OwnershipNode node;
  private final Lane lane;
  private final LaneRequests requests;
  private final LaneSessions sessions;
  private final Holder who;
  private final List<String> keys;
  private final Stamp stamp;
  private final Map<String, OwnerAnswer> answers = new HashMap<>();

  ManyClaims(
      OwnershipNode node,
      Lane lane,
      LaneRequests requests,
      LaneSessions sessions,
      Holder who,
      List<String> keys) {
    this.node = node;
    this.lane = lane;
    this.requests = requests;
    this.sessions = sessions;
    this.who = who;
    this.keys = List.copyOf(keys);
    this.stamp = node.stamp(0);
  }

  Future<List<OwnerAnswer>> run() {
    return ask(keys, node.sessions().lastEnded())
        .compose(v -> ofEndedSessions())
        .map(v -> keys.stream().map(answers::get).toList());
  }

  private OwnerRequest request(Holder ended) {
    return new OwnerRequest.ClaimKey(stamp, who, ended, 0);
  }

  private Future<Void> ask(List<String> some, Holder ended) {
    OwnerRequest request = request(ended);
    return inTime(node.store().applyAll(some, request))
        .compose(
            said -> {
              List<String> open = new ArrayList<>();
              for (String key : some) {
                OwnerAnswer answer = said.get(key);
                if (answer == null || answer.code() == OwnerCode.NO_MAJORITY) {
                  open.add(key);
                } else {
                  answers.put(key, OwnerQuestion.present(answer));
                }
              }
              return singly(open, 0, request);
            });
  }

  /** What is answered when nobody waits any more is given back. */
  private Future<Map<String, OwnerAnswer>> inTime(Future<Map<String, OwnerAnswer>> asked) {
    Promise<Map<String, OwnerAnswer>> inTime = Promise.promise();
    Lane.Timer limit =
        lane.timer(
            PATIENCE_MILLIS,
            () ->
                inTime.tryFail(
                    Failure.of(
                            FailureCode.UNAVAILABLE,
                            "the keys' entries did not answer within " + PATIENCE_MILLIS + " ms")
                        .toException()));
    node.onLane(asked, lane)
        .onSuccess(
            said -> {
              limit.cancel();
              if (!inTime.tryComplete(said)) {
                said.forEach(requests::giveBack);
              }
            })
        .onFailure(inTime::tryFail);
    return inTime.future();
  }

  private Future<Void> singly(List<String> open, int from, OwnerRequest request) {
    if (from >= open.size()) {
      return Future.succeededFuture();
    }
    List<Future<?>> asked = new ArrayList<>();
    int to = Math.min(open.size(), from + SINGLY);
    for (String key : open.subList(from, to)) {
      asked.add(requests.question(key, request).onSuccess(answer -> answers.put(key, answer)));
    }
    return Future.all(asked).compose(all -> singly(open, to, request));
  }

  private Future<Void> ofEndedSessions() {
    Map<Holder, List<String>> byOwner = new LinkedHashMap<>();
    answers.forEach(
        (key, answer) -> {
          if (answer.code() == OwnerCode.OWNED_BY_OTHER) {
            byOwner.computeIfAbsent(answer.record().holder(), owner -> new ArrayList<>()).add(key);
          }
        });
    List<Future<?>> asked = new ArrayList<>();
    byOwner.forEach(
        (owner, theirs) ->
            asked.add(
                sessions
                    .endedOwner(answers.get(theirs.get(0)))
                    .compose(
                        ended -> ended == null ? Future.succeededFuture() : ask(theirs, ended))));
    return Future.all(asked).mapEmpty();
  }
}
