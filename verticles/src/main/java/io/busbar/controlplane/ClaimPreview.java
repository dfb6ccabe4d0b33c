package io.busbar.controlplane;

import static io.busbar.controlplane.OwnerAcks.no;
import static io.busbar.controlplane.OwnerAcks.yes;

import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import java.util.function.BooleanSupplier;

/**
 * ConfirmOwner with {@code prepare_only}: what the answer would be now, with nothing changed or
 * promised. A hand-over begins with it, so that the owner does not seal for a host that has no
 * room.
 */
final class ClaimPreview {
  private final Ownership ownership;
  private final BooleanSupplier capacity;

  /**
   * @param capacity whether this node can take another key
   */
  ClaimPreview(Ownership ownership, BooleanSupplier capacity) {
    this.ownership = ownership;
    this.capacity = capacity;
  }

  /** After the rows that do not depend on the key. */
  Future<OwnerChangeAck> answer(OwnerChangeRequest request, HostName host, View view) {
    if (host.equals(view.self()) && !capacity.getAsBoolean()) {
      return Future.succeededFuture(no(OwnerChangeCode.INVALID, "too many keys", view).build());
    }
    return ownership
        .get(request.getCartId())
        .map(record -> judge(request, host, record, view))
        .otherwise(cause -> no(OwnerChangeCode.NO_QUORUM, "not decided, retry", view).build());
  }

  private static OwnerChangeAck judge(
      OwnerChangeRequest request, HostName host, OwnerRecord record, View view) {
    if (record == null || !record.isHeld()) {
      return yes(view).setCurrentEpoch(record == null ? 0 : record.epoch()).build();
    }
    String owner = view.hostOf(record.owner());
    boolean handOff =
        request.getReason() == OwnerChangeReason.HANDOFF
            && OwnerVotes.sameHost(owner, request.getPreviousHost());
    boolean free =
        handOff
            || OwnerVotes.sameHost(owner, host.toString())
            || record.target().equals(host.toString())
            || view.stateOf(record.owner()) == HostState.GONE;
    OwnerChangeAck.Builder ack =
        free ? yes(view) : no(OwnerChangeCode.ALREADY_OWNED, "owned by " + owner, view);
    return ack.setCurrentOwner(owner).setCurrentEpoch(record.epoch()).build();
  }
}
