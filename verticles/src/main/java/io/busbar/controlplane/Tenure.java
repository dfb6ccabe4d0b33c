package io.busbar.controlplane;

import static io.busbar.controlplane.OwnerAcks.ack;
import static io.busbar.controlplane.OwnerAcks.no;
import static io.busbar.controlplane.OwnerAcks.stale;
import static io.busbar.controlplane.OwnerAcks.yes;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.VoteRules;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;

/**
 * How long hosts hold keys: as whom a host is entered, its lease, and how it gives a key back. A
 * lease is one per host, for all its keys: a renewal of any of them renews it. A host that asks for
 * none holds its keys until it is found dead or gone.
 */
final class Tenure {
  /** Bounds of a lease, ms; what is asked for is moved into them. */
  static final long SHORTEST = 1_000;

  static final long LONGEST = 24 * 3_600_000L;

  private final Ownership ownership;

  Tenure(Ownership ownership) {
    this.ownership = ownership;
  }

  static long lease(long asked) {
    return Math.max(SHORTEST, Math.min(LONGEST, asked));
  }

  /**
   * As whom the host is to be entered; null in the future = as nobody: a node of ours that has no
   * session would not serve the key.
   *
   * @param asked lease in ms, 0 or less = none
   */
  Future<Holder> holder(View view, HostName host, long asked) {
    String node = view.own().get(host);
    if (node != null) {
      return Future.succeededFuture(ownership.openSession(node));
    }
    Holder known = known(view, host);
    if (asked <= 0) {
      return Future.succeededFuture(known);
    }
    return ownership
        .renewSession(known, lease(asked))
        .compose(
            alive -> {
              if (alive) {
                return Future.succeededFuture(known);
              }
              // It let its lease lapse: what it gets now it gets in a new life.
              long life = Math.max(known.incarnation() + 1, System.currentTimeMillis());
              Holder next = new Holder(known.host(), life);
              return ownership.renewSession(next, lease(asked)).map(begun -> begun ? next : null);
            });
  }

  /** With the lease that it has open, else as it was admitted. */
  private Holder known(View view, HostName host) {
    long admitted = view.incarnations().getOrDefault(host, 0L);
    Holder open = ownership.openSession(host.toString());
    return open != null && open.incarnation() >= admitted
        ? open
        : new Holder(host.toString(), admitted);
  }

  /** Says in an acceptance how long the lease is. */
  OwnerChangeAck withLease(OwnerChangeAck ack, long asked, View view) {
    boolean leased = ack.getAccepted() && asked > 0 && !isOurs(ack.getCurrentOwner(), view);
    return leased ? ack.toBuilder().setLeaseTtlMs(lease(asked)).build() : ack;
  }

  private static boolean isOurs(String owner, View view) {
    return HostName.parse(owner).filter(view.own()::containsKey).isPresent();
  }

  /** RENEW: only of what the host has, under the epoch it has it. */
  Future<OwnerChangeAck> renew(OwnerChangeRequest request, View view) {
    OwnerChangeAck refused = refusal(request, view);
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    return ownership
        .get(request.getCartId())
        .compose(
            record -> {
              String owner = owner(record, view);
              boolean its =
                  record != null
                      && OwnerVotes.sameHost(owner, request.getNewHost())
                      && !isOurs(owner, view)
                      && record.epoch() == request.getEpoch();
              if (!its) {
                return Future.succeededFuture(notIts(record, owner, view));
              }
              long asked = request.getLeaseTtlMs();
              return asked <= 0
                  ? Future.succeededFuture(held(record, owner, view))
                  : ownership
                      .renewSession(record.holder(), lease(asked))
                      .map(
                          alive ->
                              alive
                                  ? withLease(held(record, owner, view), asked, view)
                                  : notIts(record, owner, view));
            })
        .otherwise(cause -> no(OwnerChangeCode.NO_QUORUM, "not decided, retry", view).build());
  }

  /** RELEASE: the owner gives the key back, with the epoch that it was told here. */
  Future<OwnerChangeAck> release(OwnerChangeRequest request, View view) {
    OwnerChangeAck refused = refusal(request, view);
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    return ownership
        .get(request.getCartId())
        .compose(
            record -> {
              String owner = owner(record, view);
              if (owner.isEmpty()) {
                return Future.succeededFuture(yes(view).build());
              }
              boolean its =
                  OwnerVotes.sameHost(owner, request.getPreviousHost()) && !isOurs(owner, view);
              return its
                  ? ownership
                      .release(record.key(), request.getEpoch())
                      .map(answer -> ack(answer, view))
                  : Future.succeededFuture(notIts(record, owner, view));
            })
        .otherwise(cause -> no(OwnerChangeCode.NO_QUORUM, "not decided, retry", view).build());
  }

  /** Null = look at the key. */
  private static OwnerChangeAck refusal(OwnerChangeRequest request, View view) {
    if (!VoteRules.isKey(request.getCartId())
        || request.getEpoch() <= 0
        || request.getEpoch() > Epochs.LARGEST) {
      return no(OwnerChangeCode.INVALID, "invalid", view).build();
    }
    return view.state() == NodeState.FENCED
        ? no(OwnerChangeCode.NO_QUORUM, "no quorum", view).build()
        : stale(request, view);
  }

  private static String owner(OwnerRecord record, View view) {
    return record == null || !record.isHeld() ? "" : view.hostOf(record.owner());
  }

  private static OwnerChangeAck held(OwnerRecord record, String owner, View view) {
    return yes(view).setCurrentOwner(owner).setCurrentEpoch(record.epoch()).build();
  }

  private static OwnerChangeAck notIts(OwnerRecord record, String owner, View view) {
    return no(OwnerChangeCode.STALE_EPOCH, "owned by " + owner, view)
        .setCurrentOwner(owner)
        .setCurrentEpoch(record == null ? 0 : record.epoch())
        .build();
  }
}
