package io.busbar.controlplane;

import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;

/** Answers to ConfirmOwner, with the texts of the protocol page. */
final class OwnerAcks {
  private static final String OWNED_BY = "owned by ";

  private OwnerAcks() {}

  static OwnerChangeAck ack(OwnerAnswer answer, View view) {
    OwnerRecord record = answer.record();
    String owner = record == null ? "" : view.hostOf(record.owner());
    boolean reserved = record != null && answer.code() == OwnerCode.RESERVED_FOR_OTHER;
    if (reserved) {
      owner = view.hostOf(record.reservation().holder().host());
    }
    OwnerChangeAck.Builder ack =
        switch (answer.code()) {
          case GRANTED, HELD, RESERVED, SEALED, UNSEALED, RELEASED, DROPPED -> yes(view);
          case OWNED_BY_OTHER, RESERVED_FOR_OTHER, IS_SEALED, NOT_OWNED ->
              no(OwnerChangeCode.ALREADY_OWNED, OWNED_BY + owner, view);
          case STALE_EPOCH -> no(OwnerChangeCode.STALE_EPOCH, OWNED_BY + owner, view);
          case OWNER_SUSPECT, LOOK_AGAIN ->
              no(OwnerChangeCode.ALREADY_OWNED, "owner suspect, retry", view);
          case NO_MAJORITY -> no(OwnerChangeCode.NO_QUORUM, "no quorum", view);
          case INVALID -> no(OwnerChangeCode.INVALID, "invalid", view);
          case TOO_MANY -> no(OwnerChangeCode.INVALID, "too many keys", view);
        };
    // Whoever reads this field can tell a claimant from an owner; the text is the same for both.
    return ack.setCurrentOwner(reserved ? "" : owner).setCurrentEpoch(answer.epoch()).build();
  }

  /**
   * Who has the key by the answer, "" = it does not say; hosts of the first version do in its text
   * only.
   */
  static String owner(OwnerChangeAck ack) {
    String owner = ack.getCurrentOwner();
    return owner.isEmpty() && ack.getMessage().startsWith(OWNED_BY)
        ? ack.getMessage().substring(OWNED_BY.length())
        : owner;
  }

  /** A request that quotes another view than ours; null = it does not, or quotes none. */
  static OwnerChangeAck stale(OwnerChangeRequest request, View view) {
    long quoted = request.getViewEpoch();
    return quoted == 0 || view.epoch() == 0 || quoted == view.epoch()
        ? null
        : no(OwnerChangeCode.STALE_VIEW, "view " + view.epoch() + ", retry", view).build();
  }

  static OwnerChangeAck.Builder yes(View view) {
    return OwnerChangeAck.newBuilder()
        .setAccepted(true)
        .setCode(OwnerChangeCode.ACCEPTED)
        .setViewEpoch(view.epoch());
  }

  static OwnerChangeAck.Builder no(OwnerChangeCode code, String text, View view) {
    return OwnerChangeAck.newBuilder().setMessage(text).setCode(code).setViewEpoch(view.epoch());
  }
}
