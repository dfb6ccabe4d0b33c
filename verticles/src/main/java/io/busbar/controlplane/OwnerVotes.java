package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.VoteRules;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Answers to ConfirmOwner: rows 1 to 4 of the table out of the view, the rest in the key's entry,
 * so that every node gives the same answer. A refusal is an answer, never an error.
 */
final class OwnerVotes {
  private final Ownership ownership;
  private final Supplier<View> views;
  private final java.util.function.Consumer<HostName> unknownHost;

  /**
   * @param unknownHost told of a host that wants a key and that nobody knows
   */
  OwnerVotes(
      Ownership ownership,
      Supplier<View> views,
      java.util.function.Consumer<HostName> unknownHost) {
    this.ownership = ownership;
    this.views = views;
    this.unknownHost = unknownHost;
  }

  Future<OwnerChangeAck> answer(OwnerChangeRequest request) {
    View view = views.get();
    HostName host = HostName.parse(request.getNewHost()).orElse(null);
    OwnerChangeAck refused = refusal(view, request, host);
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    Holder holder = holder(view, host);
    if (holder == null) {
      return Future.succeededFuture(
          no(OwnerChangeCode.HOST_NOT_UP, "host not available", view).build());
    }
    return handOff(request)
        .compose(handoff -> ownership.confirm(confirm(request, holder, handoff), this::state))
        .map(answer -> ack(answer, view))
        .otherwise(cause -> no(OwnerChangeCode.NO_QUORUM, "not decided, retry", view).build());
  }

  private OwnerChangeAck refusal(View view, OwnerChangeRequest request, HostName host) {
    if (!VoteRules.isKey(request.getCartId())
        || host == null
        || request.getEpoch() < 0
        || request.getEpoch() > Epochs.LARGEST) {
      return no(OwnerChangeCode.INVALID, "invalid", view).build();
    }
    if (view.state() == NodeState.FENCED) {
      return no(OwnerChangeCode.NO_QUORUM, "no quorum", view).build();
    }
    if (view.state() == NodeState.STARTING || view.state() == NodeState.JOINING) {
      return no(OwnerChangeCode.NO_QUORUM, "joining", view).build();
    }
    if (view.own().containsKey(host)) {
      boolean leaves =
          view.draining().getOrDefault(host, false)
              || (host.equals(view.self()) && view.state().isLeaving());
      return leaves ? no(OwnerChangeCode.DRAINING, "draining", view).build() : null;
    }
    Standing standing = view.standing(host);
    if (standing == Standing.UNKNOWN) {
      unknownHost.accept(host);
      return no(OwnerChangeCode.UNKNOWN_HOST, "host not available", view).build();
    }
    return standing == Standing.LIVE
        ? null
        : no(OwnerChangeCode.HOST_NOT_UP, "host not available", view).build();
  }

  /** Null = the node holds nothing by itself, so nobody there would serve the key. */
  private Holder holder(View view, HostName host) {
    String node = view.own().get(host);
    if (node == null) {
      return new Holder(host.toString(), view.incarnations().getOrDefault(host, 0L));
    }
    return ownership.openSession(node);
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

  private static boolean sameHost(String one, String other) {
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

  /** What the entry must know of a host other than our nodes' sessions. */
  HostState state(String owner) {
    return HostName.parse(owner)
        .map(
            host ->
                switch (views.get().standing(host)) {
                  case LIVE -> HostState.ALIVE;
                  case SUSPECT, LEAVING -> HostState.SUSPECT;
                  case GONE -> HostState.GONE;
                  case UNKNOWN -> HostState.UNKNOWN;
                })
        .orElse(HostState.UNKNOWN);
  }

  private static OwnerChangeAck ack(OwnerAnswer answer, View view) {
    OwnerRecord record = answer.record();
    String owner = record == null ? "" : view.hostOf(record.owner());
    if (record != null && answer.code() == OwnerCode.RESERVED_FOR_OTHER) {
      owner = view.hostOf(record.reservation().holder().host());
    }
    OwnerChangeAck.Builder ack =
        switch (answer.code()) {
          case GRANTED, HELD, RESERVED, SEALED, UNSEALED, RELEASED, DROPPED ->
              OwnerChangeAck.newBuilder()
                  .setAccepted(true)
                  .setCode(OwnerChangeCode.ACCEPTED)
                  .setViewEpoch(view.epoch());
          case OWNED_BY_OTHER, RESERVED_FOR_OTHER, IS_SEALED, NOT_OWNED ->
              no(OwnerChangeCode.ALREADY_OWNED, "owned by " + owner, view);
          case STALE_EPOCH -> no(OwnerChangeCode.STALE_EPOCH, "owned by " + owner, view);
          case OWNER_SUSPECT, LOOK_AGAIN ->
              no(OwnerChangeCode.ALREADY_OWNED, "owner suspect, retry", view);
          case NO_MAJORITY -> no(OwnerChangeCode.NO_QUORUM, "no quorum", view);
          case INVALID -> no(OwnerChangeCode.INVALID, "invalid", view);
          case TOO_MANY -> no(OwnerChangeCode.INVALID, "too many keys", view);
        };
    return ack.setCurrentOwner(owner).setCurrentEpoch(answer.epoch()).build();
  }

  private static OwnerChangeAck.Builder no(OwnerChangeCode code, String text, View view) {
    return OwnerChangeAck.newBuilder().setMessage(text).setCode(code).setViewEpoch(view.epoch());
  }
}
