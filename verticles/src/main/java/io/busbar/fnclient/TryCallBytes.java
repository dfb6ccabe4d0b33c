package io.busbar.fnclient;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.v1.RequestHead;
import io.busbar.fn.wire.TryCall;
import io.busbar.grpc.Framing;
import io.busbar.worker.OfferedCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The TryCall of a call, framed. A call that came in as a TryCall goes out with the same JSON, byte
 * for byte.
 */
final class TryCallBytes {
  private static final int COPIED = 4096;
  private static final int MOST_HEAD = Framing.PREFIX + 12;
  private static final int TRY_TAG = 1 << 3 | 2;
  private static final int JSON_TAG = 1 << 3 | 2;
  private static final byte[] NOTHING = {};

  static ByteBuf of(OfferedCall offer, CallDescription description) {
    RequestHead head = offer.head();
    if (head.getOrigin().equals("fn") && !head.getOriginal().isEmpty()) {
      return of(head.getOriginal(), rest(head));
    }
    return of(
        UnsafeByteOperations.unsafeWrap(description.json(offer, System.currentTimeMillis())),
        rest(head));
  }

  private static byte[] rest(RequestHead head) {
    if (head.getSlotHash().isEmpty() && head.getExtensionsCount() == 0) {
      return NOTHING;
    }
    return TryCall.newBuilder()
        .setSlotHashId(head.getSlotHash())
        .putAllExtensions(head.getExtensionsMap())
        .build()
        .toByteArray();
  }

  private static ByteBuf of(ByteString json, byte[] rest) {
    int inner =
        1 + CodedOutputStream.computeUInt32SizeNoTag(json.size()) + json.size() + rest.length;
    int message = 1 + CodedOutputStream.computeUInt32SizeNoTag(inner) + inner;
    boolean copied = message <= COPIED;
    // A wrapped array, since the counters of Netty's own heap buffers are shared by all threads.
    ByteBuf framed =
        Unpooled.wrappedBuffer(new byte[copied ? Framing.PREFIX + message : MOST_HEAD]).clear();
    Framing.prefix(framed, message);
    framed.writeByte(TRY_TAG);
    Framing.varint(framed, inner);
    framed.writeByte(JSON_TAG);
    Framing.varint(framed, json.size());
    if (copied) {
      json.copyTo(framed.array(), framed.writerIndex());
      return framed.writerIndex(framed.writerIndex() + json.size()).writeBytes(rest);
    }
    return Unpooled.wrappedBuffer(
        framed, Unpooled.wrappedBuffer(json.asReadOnlyByteBuffer()), Unpooled.wrappedBuffer(rest));
  }

  private TryCallBytes() {}
}
