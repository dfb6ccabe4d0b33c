package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.Ownership;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts grants of one lane to the vote of hosts outside; what they refuse is given back. */
final class OutsideConsent {
  private static final Logger LOG = LoggerFactory.getLogger(OutsideConsent.class);

  private final OwnershipNode node;
  private final Lane lane;
  private final Ownership ownership;

  OutsideConsent(OwnershipNode node, Lane lane, Ownership ownership) {
    this.node = node;
    this.lane = lane;
    this.ownership = ownership;
  }

  /** The grant, or that somebody outside owns the key; any other answer as it is. */
  Future<OwnerAnswer> agreed(OwnerAnswer answer) {
    if (answer.code() == OwnerCode.HELD) {
      // A repeat must not be told of a grant that is still voted on.
      Future<OwnerAnswer> open = node.polls().of(answer);
      return open == null
          ? Future.succeededFuture(answer)
          : node.onLane(open, lane).map(said -> said.isDone() ? answer : said);
    }
    Future<Holder> vote =
        answer.code() == OwnerCode.GRANTED ? node.polls().voters().ask(answer.record()) : null;
    if (vote == null) {
      return Future.succeededFuture(answer);
    }
    Future<OwnerAnswer> settled = vote.transform(said -> settled(answer, said));
    node.polls().begin(answer, settled);
    return node.onLane(settled, lane);
  }

  /** What was refused is answered once it is given back, so that a repeat does not find it held. */
  private Future<OwnerAnswer> settled(OwnerAnswer answer, AsyncResult<Holder> said) {
    if (said.succeeded() && said.result() == null) {
      return Future.succeededFuture(answer);
    }
    Promise<OwnerAnswer> refused = Promise.promise();
    lane.context()
        .runOnContext(
            v ->
                giveBack(answer.record())
                    .onComplete(
                        done -> {
                          if (said.succeeded()) {
                            refused.complete(owned(answer.record(), said.result()));
                          } else {
                            refused.fail(said.cause());
                          }
                        }));
    return refused.future();
  }

  private Future<?> giveBack(OwnerRecord granted) {
    return ownership
        .release(granted.key(), granted.epoch())
        .onFailure(
            cause -> LOG.warn("key {} stays with {}", granted.key(), granted.holder(), cause));
  }

  private static OwnerAnswer owned(OwnerRecord granted, Holder outside) {
    OwnerRecord theirs =
        new OwnerRecord(
            granted.key(),
            OwnerState.OWNED,
            outside,
            granted.epoch(),
            "",
            null,
            granted.changed(),
            List.of());
    return new OwnerAnswer(OwnerCode.OWNED_BY_OTHER, granted.epoch(), theirs);
  }
}
