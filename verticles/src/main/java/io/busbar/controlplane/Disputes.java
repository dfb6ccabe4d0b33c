package io.busbar.controlplane;

import io.busbar.controlplane.core.Action.Alarm;
import io.busbar.controlplane.core.Dispute;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that a foreign host lists as its own and that the ownership map has for another. One of ours
 * stays or goes by {@link Dispute}; of two foreign hosts the recorded one stays, unless it says
 * itself that the other has the key. Each is counted and logged. On the desk's lane.
 */
final class Disputes {
  private static final Logger LOG = LoggerFactory.getLogger(Disputes.class);

  private final ControlPlaneNode node;
  private final PeerCalls calls;
  private final Ownership ownership;

  Disputes(ControlPlaneNode node, PeerCalls calls, Ownership ownership) {
    this.node = node;
    this.calls = calls;
    this.ownership = ownership;
  }

  /**
   * Settles it, if there is one.
   *
   * @param lister who lists the key
   * @param answer to the question whether it may own it
   * @param epoch of the key, by the lister's word; 0 = it knows none
   */
  Future<?> settle(Holder lister, String key, OwnerAnswer answer, long epoch) {
    OwnerRecord record = answer.record();
    if (answer.isDone() || record == null || !record.isHeld()) {
      return Future.succeededFuture();
    }
    node.alarm(Alarm.DISPUTED);
    View view = node.view();
    HostName host = HostName.parse(lister.host()).orElseThrow();
    HostName recorded = HostName.parse(view.hostOf(record.owner())).orElse(null);
    LOG.warn(
        "control plane: {} says that it owns key {} (epoch {}), which {} owns (epoch {})",
        host,
        key,
        epoch,
        view.hostOf(record.owner()),
        record.epoch());
    if (recorded == null) {
      return tell(host, key, record.owner(), "kept");
    }
    boolean isOurs = view.own().containsKey(recorded);
    if (isOurs
        && record.state() == OwnerState.OWNED
        && !Dispute.keeps(recorded, record.epoch(), host, epoch)) {
      return move(lister, record, epoch, "yielded");
    }
    if (!isOurs && view.standing(recorded) == Standing.LIVE) {
      return ask(lister, host, record, recorded, epoch);
    }
    return tell(host, key, recorded.toString(), "kept");
  }

  /** Of two foreign hosts: both are asked whether the recorded one has it. */
  private Future<?> ask(
      Holder lister, HostName host, OwnerRecord record, HostName recorded, long epoch) {
    OwnerChangeRequest question =
        OwnerChangeRequest.newBuilder()
            .setCartId(record.key())
            .setNewHost(recorded.toString())
            .build();
    Future<OwnerChangeAck> listerSays = calls.confirm(host, question);
    Future<OwnerChangeAck> recordedSays = calls.confirm(recorded, question);
    return Future.join(listerSays, recordedSays)
        .transform(
            done -> {
              boolean givenUp =
                  recordedSays.succeeded()
                      && !recordedSays.result().getAccepted()
                      && names(recordedSays.result(), host);
              if (givenUp) {
                return move(lister, record, epoch, "given-up");
              }
              node.meters().disputed("kept");
              return Future.succeededFuture();
            });
  }

  private static boolean names(OwnerChangeAck ack, HostName host) {
    return OwnerVotes.sameHost(OwnerAcks.owner(ack), host.toString());
  }

  /** In one step, unless the record changed meanwhile. */
  private Future<?> move(Holder lister, OwnerRecord record, long epoch, String result) {
    long proposed = epoch > record.epoch() ? epoch : record.epoch() + 1;
    return ownership
        .confirm(
            new ConfirmOwner(record.key(), lister, 0, proposed, true, 0),
            owner -> owner.equals(record.owner()) ? HostState.ALIVE : HostState.UNKNOWN)
        .onSuccess(
            moved -> {
              node.meters().disputed(moved.isDone() ? result : "kept");
              LOG.warn(
                  "control plane: key {} goes to {}: {}",
                  record.key(),
                  lister.host(),
                  moved.code());
            });
  }

  private Future<?> tell(HostName host, String key, String owner, String result) {
    node.meters().disputed(result);
    return calls.confirm(
        host, OwnerChangeRequest.newBuilder().setCartId(key).setNewHost(owner).build());
  }
}
