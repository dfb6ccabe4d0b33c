package io.busbar.controlplane;

import static io.busbar.controlplane.OwnerAcks.ack;
import static io.busbar.controlplane.OwnerAcks.no;
import static io.busbar.controlplane.OwnerAcks.stale;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Refusal;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.VoteRules;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Answers to ConfirmOwner: rows 1 to 4 of the table out of the view, the rest in the key's entry,
 * so that every node gives the same answer. A refusal is an answer, never an error.
 */
final class OwnerVotes {
  private final Ownership ownership;
  private final Supplier<View> views;
  private final java.util.function.Consumer<HostName> unknownHost;
  private final Tenure tenure;
  private final ClaimPreview preview;

  /**
   * @param unknownHost told of a host that wants a key and that nobody knows
   * @param capacity whether this node can take another key
   */
  OwnerVotes(
      Ownership ownership,
      Supplier<View> views,
      java.util.function.Consumer<HostName> unknownHost,
      BooleanSupplier capacity) {
    this.ownership = ownership;
    this.views = views;
    this.unknownHost = unknownHost;
    this.tenure = new Tenure(ownership);
    this.preview = new ClaimPreview(ownership, capacity);
  }

  Future<OwnerChangeAck> answer(OwnerChangeRequest request) {
    View view = views.get();
    if (request.getReason() == OwnerChangeReason.RELEASE) {
      return tenure.release(request, view);
    } else if (request.getReason() == OwnerChangeReason.RENEW) {
      return tenure.renew(request, view);
    }
    HostName host = HostName.parse(request.getNewHost()).orElse(null);
    OwnerChangeAck refused = refusal(view, request, host);
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    if (request.getPrepareOnly()) {
      return preview.answer(request, host, view);
    }
    return tenure
        .holder(view, host, request.getLeaseTtlMs())
        .compose(
            holder ->
                holder == null
                    ? Future.succeededFuture(
                        no(OwnerChangeCode.HOST_NOT_UP, "host not available", view).build())
                    : decide(request, view, holder))
        .otherwise(cause -> no(OwnerChangeCode.NO_QUORUM, "not decided, retry", view).build());
  }

  private Future<OwnerChangeAck> decide(OwnerChangeRequest request, View view, Holder holder) {
    return handOff(request)
        .compose(
            handoff ->
                ownership.confirm(
                    confirm(request, holder, handoff), owner -> views.get().stateOf(owner)))
        .map(answer -> ack(answer, view))
        .map(ack -> tenure.withLease(ack, request.getLeaseTtlMs(), view));
  }

  private OwnerChangeAck refusal(View view, OwnerChangeRequest request, HostName host) {
    if (!VoteRules.isKey(request.getCartId())
        || host == null
        || request.getEpoch() < 0
        || request.getEpoch() > Epochs.LARGEST) {
      return no(OwnerChangeCode.INVALID, "invalid", view).build();
    }
    boolean ours = view.own().containsKey(host);
    boolean leaves =
        ours
            && (view.draining().getOrDefault(host, false)
                || (host.equals(view.self()) && view.state().isLeaving()));
    Standing standing = ours ? Standing.LIVE : view.standing(host);
    Refusal refused = VoteRules.refusal(view.state(), host, leaves, standing);
    if (refused == null && isFormerLife(request, host, view)) {
      return no(OwnerChangeCode.HOST_NOT_UP, "host not available", view).build();
    } else if (refused == null) {
      return stale(request, view);
    } else if (refused == Refusal.UNAVAILABLE && standing == Standing.UNKNOWN) {
      unknownHost.accept(host);
      return no(OwnerChangeCode.UNKNOWN_HOST, refused.text(), view).build();
    }
    return no(code(refused), refused.text(), view).build();
  }

  /** The host was started anew since the request was made. */
  private static boolean isFormerLife(OwnerChangeRequest request, HostName host, View view) {
    long quoted = request.getNewHostIncarnation();
    return quoted > 0 && quoted < view.facts(host).started();
  }

  private static OwnerChangeCode code(Refusal refused) {
    return switch (refused) {
      case NO_QUORUM, JOINING -> OwnerChangeCode.NO_QUORUM;
      case DRAINING -> OwnerChangeCode.DRAINING;
      case UNAVAILABLE -> OwnerChangeCode.HOST_NOT_UP;
      case INVALID -> OwnerChangeCode.INVALID;
    };
  }

  /** An owner's hand-off is for the epoch it has: the entry refuses it once that has grown. */
  private Future<Boolean> handOff(OwnerChangeRequest request) {
    if (request.getReason() != OwnerChangeReason.HANDOFF || request.getEpoch() == 0) {
      return Future.succeededFuture(false);
    }
    View view = views.get();
    return ownership
        .get(request.getCartId())
        .map(
            record ->
                record != null
                    && record.isHeld()
                    && record.epoch() + 1 == request.getEpoch()
                    && sameHost(view.hostOf(record.owner()), request.getPreviousHost()));
  }

  static boolean sameHost(String one, String other) {
    return HostName.parse(one).isPresent() && HostName.parse(one).equals(HostName.parse(other));
  }

  private static ConfirmOwner confirm(OwnerChangeRequest request, Holder holder, boolean handoff) {
    long reserve = request.getEpoch() == 0 ? ConfirmOwner.RESERVE_MILLIS : 0;
    return new ConfirmOwner(
        request.getCartId(),
        holder,
        reserve,
        request.getEpoch(),
        handoff,
        requestId(request.getRequestId(), holder));
  }

  /** One number for one text of one host, 0 for none. */
  private static long requestId(String text, Holder holder) {
    if (text.isEmpty()) {
      return 0;
    }
    byte[] bytes = (holder + "|" + text).getBytes(StandardCharsets.UTF_8);
    UUID hash = UUID.nameUUIDFromBytes(bytes);
    return ByteBuffer.allocate(Long.BYTES)
        .putLong(hash.getMostSignificantBits() ^ hash.getLeastSignificantBits())
        .getLong(0);
  }
}
