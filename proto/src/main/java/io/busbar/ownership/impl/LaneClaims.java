package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Claim;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.util.List;

/** Claims of one lane, of a key and of many. */
final class LaneClaims {
  private final OwnershipNode node;
  private final Lane lane;
  private final LaneRequests requests;
  private final LaneSessions sessions;
  private final OutsideConsent outside;

  LaneClaims(
      OwnershipNode node,
      Lane lane,
      LaneRequests requests,
      LaneSessions sessions,
      OutsideConsent outside) {
    this.node = node;
    this.lane = lane;
    this.requests = requests;
    this.sessions = sessions;
    this.outside = outside;
  }

  Future<OwnerAnswer> claim(Claim claim) {
    Failure refused = OwnerNames.key(claim.key());
    refused = refused == null ? OwnerNames.epoch(claim.proposed()) : refused;
    refused =
        refused == null && claim.holder() != null ? OwnerNames.holder(claim.holder()) : refused;
    boolean own = claim.holder() == null;
    boolean ours = own || claim.holder().equals(node.session());
    refused = refused == null && ours ? node.refusesOwn() : refused;
    refused = refused == null ? node.refusesGrants() : refused;
    if (refused != null) {
      return requests.counted("claim", Future.failedFuture(refused.toException()));
    }
    Future<Holder> holder =
        own ? sessions.own() : sessions.begun(claim.holder(), claim.ttlMillis());
    Future<OwnerAnswer> answer =
        holder.compose(
            who -> {
              Stamp stamp = node.stamp(claim.requestId());
              return claim(claim, stamp, who, node.sessions().lastEnded())
                  .compose(
                      first ->
                          sessions
                              .endedOwner(first)
                              .compose(
                                  ended ->
                                      ended == null
                                          ? Future.succeededFuture(first)
                                          : claim(claim, stamp, who, ended)))
                  .compose(outside::agreed)
                  .compose(
                      granted ->
                          own ? kept(claim.key(), who, granted) : Future.succeededFuture(granted));
            });
    return requests.counted("claim", answer);
  }

  private Future<OwnerAnswer> claim(Claim claim, Stamp stamp, Holder who, Holder ended) {
    return requests.question(
        claim.key(), new OwnerRequest.ClaimKey(stamp, who, ended, claim.proposed()));
  }

  Future<List<OwnerAnswer>> claimAll(Holder holder, List<String> keys) {
    boolean own = holder == null;
    Failure refused = refusesAll(holder, keys);
    if (refused != null) {
      return requests.counted("claim_all", Future.failedFuture(refused.toException()), x -> "");
    }
    Future<List<OwnerAnswer>> answers =
        (own ? sessions.own() : sessions.begun(holder, -1))
            .compose(
                who ->
                    new ManyClaims(node, lane, requests, sessions, who, keys)
                        .run()
                        .compose(this::agreed)
                        .compose(all -> own ? kept(who, all) : Future.succeededFuture(all)));
    return requests.counted("claim_all", answers, done -> "done");
  }

  /** All are voted on together; what hosts outside say to one key is the answer of that key. */
  private Future<List<OwnerAnswer>> agreed(List<OwnerAnswer> answers) {
    return Future.join(answers.stream().map(this::agreedOrNot).toList()).map(CompositeFuture::list);
  }

  private Future<OwnerAnswer> agreedOrNot(OwnerAnswer answer) {
    return outside
        .agreed(answer)
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.NO_MAJORITY
                    ? Future.succeededFuture(
                        new OwnerAnswer(OwnerCode.NO_MAJORITY, answer.epoch(), answer.record()))
                    : Future.failedFuture(cause));
  }

  private Future<List<OwnerAnswer>> kept(Holder who, List<OwnerAnswer> answers) {
    if (!who.equals(node.session())) {
      return Future.failedFuture(lost().toException());
    }
    for (OwnerAnswer answer : answers) {
      if (answer.code() == OwnerCode.GRANTED || answer.code() == OwnerCode.HELD) {
        node.held().holds(answer.record().key(), answer.epoch());
      }
    }
    return Future.succeededFuture(answers);
  }

  private Failure refusesAll(Holder holder, List<String> keys) {
    if (keys.size() > Ownership.MOST_AT_ONCE) {
      return Failure.of(
          FailureCode.INVALID_REQUEST,
          keys.size() + " keys at once, expected at most " + Ownership.MOST_AT_ONCE);
    }
    Failure wrong = holder == null ? null : OwnerNames.holder(holder);
    if (wrong != null) {
      return wrong;
    }
    for (String key : keys) {
      Failure refused = OwnerNames.key(key);
      if (refused != null) {
        return refused;
      }
    }
    boolean ours = holder == null || holder.equals(node.session());
    Failure refused = ours ? node.refusesOwn() : null;
    return refused == null ? node.refusesGrants() : refused;
  }

  /** A grant for this node counts only while its session lives. */
  Future<OwnerAnswer> kept(String key, Holder who, OwnerAnswer answer) {
    boolean mine = answer.code() == OwnerCode.GRANTED || answer.code() == OwnerCode.HELD;
    if (!mine) {
      return Future.succeededFuture(answer);
    } else if (!who.equals(node.session())) {
      return Future.failedFuture(lost().toException());
    }
    node.held().holds(key, answer.epoch());
    return Future.succeededFuture(answer);
  }

  private static Failure lost() {
    return Failure.of(FailureCode.UNAVAILABLE, "this node's session was lost meanwhile");
  }
}
