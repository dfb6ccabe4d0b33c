package io.busbar.bus;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.Failure;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.Report;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.Timing;
import java.io.IOException;

/**
 * Reads the items that every call across nodes consists of, as protobuf's own reader does, which
 * makes two builders, tied to each other, for each field that is a message; half of an item's cost.
 * A field that is not known is left out. For a field that is added to one of these messages a line
 * is to be added here, see ADR 23.
 */
final class ItemReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  static final int FRAME = Item.FRAME_FIELD_NUMBER << 3 | BYTES;
  private static final int REPORT = Item.REPORT_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER = Item.OFFER_FIELD_NUMBER << 3 | BYTES;
  private static final int ACCEPT = Item.ACCEPT_FIELD_NUMBER << 3 | BYTES;

  private static final int FRAME_ID = Frame.ID_FIELD_NUMBER << 3 | BYTES;
  private static final int FRAME_ATTEMPT = Frame.ATTEMPT_FIELD_NUMBER << 3 | VARINT;
  private static final int FRAME_DIRECTION = Frame.DIRECTION_FIELD_NUMBER << 3 | VARINT;
  private static final int FRAME_OFFSET = Frame.OFFSET_FIELD_NUMBER << 3 | VARINT;
  private static final int FRAME_HEAD = Frame.HEAD_FIELD_NUMBER << 3 | BYTES;
  private static final int FRAME_DATA = Frame.DATA_FIELD_NUMBER << 3 | BYTES;
  private static final int FRAME_OUTCOME = Frame.OUTCOME_FIELD_NUMBER << 3 | BYTES;
  private static final int FRAME_REPORT = Frame.REPORT_FIELD_NUMBER << 3 | BYTES;
  private static final int FRAME_ASK = Frame.ASK_FIELD_NUMBER << 3 | VARINT;
  private static final int FRAME_AHEAD = Frame.AHEAD_FIELD_NUMBER << 3 | VARINT;

  private static final int REPORT_ID = Report.ID_FIELD_NUMBER << 3 | BYTES;
  private static final int REPORT_ATTEMPT = Report.ATTEMPT_FIELD_NUMBER << 3 | VARINT;
  private static final int REPORT_DIRECTION = Report.DIRECTION_FIELD_NUMBER << 3 | VARINT;
  private static final int REPORT_RECEIVED = Report.RECEIVED_FIELD_NUMBER << 3 | VARINT;
  private static final int REPORT_RELEASED = Report.RELEASED_FIELD_NUMBER << 3 | VARINT;
  private static final int REPORT_LIMIT = Report.LIMIT_FIELD_NUMBER << 3 | VARINT;
  private static final int REPORT_RESEND = Report.RESEND_FIELD_NUMBER << 3 | VARINT;

  private static final int OFFER_ID = Offer.ID_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER_ATTEMPT = Offer.ATTEMPT_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_WORKER = Offer.WORKER_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER_INCARNATION = Offer.WORKER_INCARNATION_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_POOL = Offer.POOL_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER_HEAD = Offer.HEAD_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER_REMAINING = Offer.REMAINING_MS_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_TIMEOUT = Offer.TIMEOUT_MS_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_PRIORITY = Offer.PRIORITY_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_TENANT = Offer.TENANT_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER_LIMIT = Offer.RESPONSE_LIMIT_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_CALLER_NODE = Offer.CALLER_NODE_FIELD_NUMBER << 3 | BYTES;
  private static final int OFFER_CALLER_LANE = Offer.CALLER_LANE_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_RESERVE = Offer.RESERVE_MS_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_REPLAY = Offer.REPLAY_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_SETTLE = Offer.SETTLE_MS_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_WAKE_LANE = Offer.WAKE_LANE_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_WAKE = Offer.WAKE_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_WAITED = Offer.WAITED_MS_FIELD_NUMBER << 3 | VARINT;
  private static final int OFFER_AHEAD = Offer.AHEAD_FIELD_NUMBER << 3 | VARINT;

  private static final int ACCEPT_ID = Accept.ID_FIELD_NUMBER << 3 | BYTES;
  private static final int ACCEPT_ATTEMPT = Accept.ATTEMPT_FIELD_NUMBER << 3 | VARINT;
  private static final int ACCEPT_LIMIT = Accept.REQUEST_LIMIT_FIELD_NUMBER << 3 | VARINT;
  private static final int ACCEPT_RUNNING = Accept.RUNNING_FIELD_NUMBER << 3 | VARINT;
  private static final int ACCEPT_CAPACITY = Accept.CAPACITY_FIELD_NUMBER << 3 | VARINT;

  private static final int ID_NODE = Id.NODE_FIELD_NUMBER << 3 | FIXED64;
  private static final int ID_SEQ = Id.SEQ_FIELD_NUMBER << 3 | FIXED64;

  private static final int OUTCOME_FAILURE = Outcome.FAILURE_FIELD_NUMBER << 3 | BYTES;
  private static final int OUTCOME_TIMING = Outcome.TIMING_FIELD_NUMBER << 3 | BYTES;
  private static final int OUTCOME_TRAILERS = Outcome.TRAILERS_FIELD_NUMBER << 3 | BYTES;

  private ItemReader() {}

  /**
   * An item.
   *
   * @param in ends with the item
   * @param first tag of its first field; 0 = it has none
   * @param item has no field but its body, which the next item replaces
   */
  static Item read(CodedInputStream in, int first, Item.Builder item) throws IOException {
    switch (first) {
      case FRAME, REPORT, OFFER, ACCEPT -> in.readTag();
      default -> {}
    }
    switch (first) {
      case FRAME -> item.setFrame(frame(in));
      case REPORT -> item.setReport(report(in));
      case OFFER -> item.setOffer(offer(in));
      case ACCEPT -> item.setAccept(accept(in));
      default -> item.clearBody();
    }
    return in.isAtEnd() ? item.build() : rest(in, item.build());
  }

  /** Of an item of another kind all of it, else what a newer node may have added. */
  private static Item rest(CodedInputStream in, Item begun) throws IOException {
    Item item = begun.toBuilder().mergeFrom(in, ExtensionRegistryLite.getEmptyRegistry()).build();
    in.checkLastTagWas(0);
    return item;
  }

  private static Frame frame(CodedInputStream in) throws IOException {
    Frame.Builder frame = Frame.newBuilder();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case FRAME_ID -> frame.mergeId(id(in));
        case FRAME_ATTEMPT -> frame.setAttempt(in.readUInt32());
        case FRAME_DIRECTION -> frame.setDirectionValue(in.readEnum());
        case FRAME_OFFSET -> frame.setOffset(in.readUInt64());
        case FRAME_HEAD -> frame.mergeHead(message(in, ResponseHead.parser()));
        case FRAME_DATA -> frame.setData(in.readBytes());
        case FRAME_OUTCOME -> frame.mergeOutcome(outcome(in));
        case FRAME_REPORT -> frame.mergeReport(report(in));
        case FRAME_ASK -> frame.setAsk(in.readBool());
        case FRAME_AHEAD -> frame.setAhead(in.readBool());
        default -> skip(in, tag);
      }
    }
    in.popLimit(outer);
    return frame.build();
  }

  private static Report report(CodedInputStream in) throws IOException {
    Report.Builder report = Report.newBuilder();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case REPORT_ID -> report.mergeId(id(in));
        case REPORT_ATTEMPT -> report.setAttempt(in.readUInt32());
        case REPORT_DIRECTION -> report.setDirectionValue(in.readEnum());
        case REPORT_RECEIVED -> report.setReceived(in.readUInt64());
        case REPORT_RELEASED -> report.setReleased(in.readUInt64());
        case REPORT_LIMIT -> report.setLimit(in.readUInt64());
        case REPORT_RESEND -> report.setResend(in.readBool());
        default -> skip(in, tag);
      }
    }
    in.popLimit(outer);
    return report.build();
  }

  private static Offer offer(CodedInputStream in) throws IOException {
    Offer.Builder offer = Offer.newBuilder();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case OFFER_ID -> offer.mergeId(id(in));
        case OFFER_ATTEMPT -> offer.setAttempt(in.readUInt32());
        case OFFER_WORKER -> offer.setWorker(in.readStringRequireUtf8());
        case OFFER_INCARNATION -> offer.setWorkerIncarnation(in.readUInt64());
        case OFFER_POOL -> offer.setPool(in.readStringRequireUtf8());
        case OFFER_HEAD -> offer.mergeHead(message(in, RequestHead.parser()));
        case OFFER_REMAINING -> offer.setRemainingMs(in.readUInt64());
        case OFFER_TIMEOUT -> offer.setTimeoutMs(in.readUInt64());
        case OFFER_PRIORITY -> offer.setPriority(in.readUInt32());
        case OFFER_TENANT -> offer.setTenant(in.readStringRequireUtf8());
        case OFFER_LIMIT -> offer.setResponseLimit(in.readUInt64());
        case OFFER_CALLER_NODE -> offer.setCallerNode(in.readStringRequireUtf8());
        case OFFER_CALLER_LANE -> offer.setCallerLane(in.readUInt32());
        case OFFER_RESERVE -> offer.setReserveMs(in.readUInt64());
        case OFFER_REPLAY -> offer.setReplay(in.readUInt64());
        case OFFER_SETTLE -> offer.setSettleMs(in.readUInt64());
        case OFFER_WAKE_LANE -> offer.setWakeLane(in.readUInt32());
        case OFFER_WAKE -> offer.setWake(in.readBool());
        case OFFER_WAITED -> offer.setWaitedMs(in.readUInt64());
        case OFFER_AHEAD -> offer.setAhead(in.readBool());
        default -> skip(in, tag);
      }
    }
    in.popLimit(outer);
    return offer.build();
  }

  private static Accept accept(CodedInputStream in) throws IOException {
    Accept.Builder accept = Accept.newBuilder();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case ACCEPT_ID -> accept.mergeId(id(in));
        case ACCEPT_ATTEMPT -> accept.setAttempt(in.readUInt32());
        case ACCEPT_LIMIT -> accept.setRequestLimit(in.readUInt64());
        case ACCEPT_RUNNING -> accept.setRunning(in.readUInt32());
        case ACCEPT_CAPACITY -> accept.setCapacity(in.readUInt32());
        default -> skip(in, tag);
      }
    }
    in.popLimit(outer);
    return accept.build();
  }

  private static Id id(CodedInputStream in) throws IOException {
    Id.Builder id = Id.newBuilder();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case ID_NODE -> id.setNode(in.readFixed64());
        case ID_SEQ -> id.setSeq(in.readFixed64());
        default -> skip(in, tag);
      }
    }
    in.popLimit(outer);
    return id.build();
  }

  private static Outcome outcome(CodedInputStream in) throws IOException {
    Outcome.Builder outcome = Outcome.newBuilder();
    int outer = enter(in);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case OUTCOME_FAILURE -> outcome.mergeFailure(message(in, Failure.parser()));
        case OUTCOME_TIMING -> outcome.mergeTiming(message(in, Timing.parser()));
        case OUTCOME_TRAILERS -> outcome.addTrailers(message(in, Header.parser()));
        default -> skip(in, tag);
      }
    }
    in.popLimit(outer);
    return outcome.build();
  }

  private static <M extends MessageLite> M message(CodedInputStream in, Parser<M> parser)
      throws IOException {
    return in.readMessage(parser, ExtensionRegistryLite.getEmptyRegistry());
  }

  /** Begins a message; the limit to go back to behind it. */
  private static int enter(CodedInputStream in) throws IOException {
    return in.pushLimit(in.readRawVarint32());
  }

  /** Passes over a field that is not known here. */
  static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("the end of a group that did not begin");
    }
  }
}
