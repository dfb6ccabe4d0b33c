package io.busbar.ownership.map;

import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.bus.v1.OwnerAsk;
import io.busbar.bus.v1.OwnerSessionAsk;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.Check;
import io.busbar.ownership.rules.OwnerRequest.ClaimKey;
import io.busbar.ownership.rules.OwnerRequest.Confirm;
import io.busbar.ownership.rules.OwnerRequest.Drop;
import io.busbar.ownership.rules.OwnerRequest.Move;
import io.busbar.ownership.rules.OwnerRequest.Release;
import io.busbar.ownership.rules.OwnerRequest.Seal;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.OwnerRequest.Unseal;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;

/** Requests as bytes, for the way to the entry. */
final class RequestCodec {
  private static final int CLAIM = 1;
  private static final int CHECK = 2;
  private static final int SEAL = 3;
  private static final int UNSEAL = 4;
  private static final int MOVE = 5;
  private static final int RELEASE = 6;
  private static final int DROP = 7;
  private static final int CONFIRM = 8;

  private static final int RENEW = 1;
  private static final int LAPSE = 2;
  private static final int END = 3;
  private static final int RESTORE = 4;

  private static final HostState[] HOST_STATES = HostState.values();

  private RequestCodec() {}

  static byte[] bytes(OwnerRequest request) {
    Stamp stamp = request.stamp();
    OwnerAsk.Builder ask =
        OwnerAsk.newBuilder().setId(stamp.id()).setClock(stamp.clock()).setFloor(stamp.floor());
    if (request instanceof ClaimKey claim) {
      ask.setKind(CLAIM).setHolder(OwnerCodec.wire(claim.holder())).setProposed(claim.proposed());
      if (claim.ended() != null) {
        ask.setEnded(OwnerCodec.wire(claim.ended()));
      }
    } else if (request instanceof Check check) {
      ask.setKind(CHECK).setEpoch(check.epoch());
    } else if (request instanceof Seal seal) {
      ask.setKind(SEAL).setEpoch(seal.epoch()).setTarget(seal.target());
    } else if (request instanceof Unseal unseal) {
      ask.setKind(UNSEAL).setEpoch(unseal.epoch());
    } else if (request instanceof Move move) {
      ask.setKind(MOVE)
          .setEpoch(move.epoch())
          .setHolder(OwnerCodec.wire(move.to()))
          .setOnlySealed(move.onlySealed());
    } else if (request instanceof Release release) {
      ask.setKind(RELEASE).setEpoch(release.epoch());
    } else if (request instanceof Drop drop) {
      ask.setKind(DROP).setEpoch(drop.epoch());
    } else if (request instanceof Confirm confirm) {
      ask.setKind(CONFIRM)
          .setHolder(OwnerCodec.wire(confirm.newHost()))
          .setReserveMs((int) Math.min(Integer.MAX_VALUE, confirm.reserveMillis()))
          .setEpoch(confirm.epoch())
          .setHandoff(confirm.handoff())
          .setOwner(confirm.owner())
          .setOwnerState(confirm.ownerState().ordinal());
    }
    return ask.build().toByteArray();
  }

  /** Throws IllegalStateException for a request that this build does not know. */
  static OwnerRequest request(byte[] bytes) {
    try {
      return request(OwnerAsk.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a request of ownership cannot be read", e);
    }
  }

  private static OwnerRequest request(OwnerAsk ask) {
    Stamp stamp = new Stamp(ask.getId(), ask.getClock(), ask.getFloor());
    Holder holder = OwnerCodec.holder(ask.getHolder());
    return switch (ask.getKind()) {
      case CLAIM ->
          new ClaimKey(
              stamp,
              holder,
              ask.hasEnded() ? OwnerCodec.holder(ask.getEnded()) : null,
              ask.getProposed());
      case CHECK -> new Check(stamp, ask.getEpoch());
      case SEAL -> new Seal(stamp, ask.getEpoch(), ask.getTarget());
      case UNSEAL -> new Unseal(stamp, ask.getEpoch());
      case MOVE -> new Move(stamp, ask.getEpoch(), holder, ask.getOnlySealed());
      case RELEASE -> new Release(stamp, ask.getEpoch());
      case DROP -> new Drop(stamp, ask.getEpoch());
      case CONFIRM ->
          new Confirm(
              stamp,
              holder,
              ask.getReserveMs(),
              ask.getEpoch(),
              ask.getHandoff(),
              ask.getOwner(),
              HOST_STATES[ask.getOwnerState() < HOST_STATES.length ? ask.getOwnerState() : 0]);
      default -> throw new IllegalStateException("ownership request of kind " + ask.getKind());
    };
  }

  static byte[] bytes(SessionRequest request) {
    OwnerSessionAsk.Builder ask = OwnerSessionAsk.newBuilder().setClock(request.clock());
    if (request instanceof SessionRequest.Renew renew) {
      ask.setKind(RENEW).setTtlMs(renew.ttlMillis());
    } else if (request instanceof SessionRequest.Lapse lapse) {
      ask.setKind(LAPSE).setRenewals(lapse.renewals()).setCause(lapse.cause());
    } else if (request instanceof SessionRequest.End end) {
      ask.setKind(END).setCause(end.cause());
    } else if (request instanceof SessionRequest.Restore restore) {
      SessionRecord record = restore.record();
      ask.setKind(RESTORE)
          .setEnded(record.ended())
          .setRenewals(record.renewals())
          .setTtlMs(record.ttlMillis())
          .setCause(record.cause());
    }
    return ask.build().toByteArray();
  }

  static SessionRequest session(byte[] bytes) {
    try {
      OwnerSessionAsk ask = OwnerSessionAsk.parseFrom(bytes);
      return switch (ask.getKind()) {
        case RENEW -> new SessionRequest.Renew(ask.getClock(), ask.getTtlMs());
        case LAPSE -> new SessionRequest.Lapse(ask.getClock(), ask.getRenewals(), ask.getCause());
        case END -> new SessionRequest.End(ask.getClock(), ask.getCause());
        case RESTORE ->
            new SessionRequest.Restore(
                ask.getClock(),
                new SessionRecord(
                    ask.getEnded(),
                    ask.getRenewals(),
                    ask.getTtlMs(),
                    ask.getCause(),
                    ask.getClock()));
        default -> throw new IllegalStateException("session request of kind " + ask.getKind());
      };
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a session request cannot be read", e);
    }
  }
}
