package io.busbar.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.Consumer;

/**
 * Cuts the bytes of one direction of a gRPC call into messages. A message that lies within one
 * chunk is passed on as a slice of it; one that straddles chunks is gathered first, in a buffer
 * that grows with what arrived, never with what was announced.
 */
public final class Deframer {
  private static final int FIRST_CAPACITY = 16 << 10;

  private final int largest;
  private final MessageBudget budget;
  private final byte[] prefix = new byte[Framing.PREFIX];
  private int prefixBytes;
  private int expected = -1;
  private ByteBuf gathered;
  private boolean closed;

  /**
   * @param largest largest message accepted, in bytes
   * @param budget of the lane, for messages in several chunks
   */
  public Deframer(int largest, MessageBudget budget) {
    this.largest = largest;
    this.budget = budget;
  }

  /**
   * Takes the next bytes. Messages go to the sink in order; their memory may be kept by reference
   * and must not be changed.
   *
   * @return null, or why the call must end: nothing more is taken then
   */
  public GrpcFault feed(Buffer chunk, Consumer<ByteBuf> sink) {
    return feed(((BufferInternal) chunk).getByteBuf(), sink);
  }

  /** The same for bytes of Netty's; they are read. */
  GrpcFault feed(ByteBuf in, Consumer<ByteBuf> sink) {
    while (!closed) {
      if (expected < 0) {
        if (!readPrefix(in)) {
          return null;
        }
        GrpcFault fault = checkPrefix();
        if (fault != null) {
          close();
          return fault;
        }
      }
      if (gathered == null && in.readableBytes() >= expected) {
        ByteBuf message = in.readSlice(expected);
        next();
        sink.accept(message);
        continue;
      }
      if (!in.isReadable()) {
        return null;
      }
      int part = Math.min(in.readableBytes(), expected - gatheredBytes());
      if (!budget.take(part)) {
        close();
        return new GrpcFault(
            GrpcStatus.RESOURCE_EXHAUSTED, "too many bytes in unfinished messages, try later");
      }
      if (gathered == null) {
        gathered = Unpooled.buffer(Math.min(expected, FIRST_CAPACITY), expected);
      }
      gathered.writeBytes(in, part);
      if (gathered.readableBytes() == expected) {
        ByteBuf message = gathered;
        budget.free(expected);
        gathered = null;
        next();
        sink.accept(message);
      }
    }
    return null;
  }

  /** Whether bytes of an unfinished message are here. */
  public boolean withinMessage() {
    return prefixBytes > 0 || expected >= 0;
  }

  /** Takes nothing more and gives back what it holds. */
  public void close() {
    closed = true;
    if (gathered != null) {
      budget.free(gathered.readableBytes());
      gathered = null;
    }
  }

  private int gatheredBytes() {
    return gathered == null ? 0 : gathered.readableBytes();
  }

  private void next() {
    expected = -1;
    prefixBytes = 0;
  }

  private boolean readPrefix(ByteBuf in) {
    int wanted = Math.min(Framing.PREFIX - prefixBytes, in.readableBytes());
    in.readBytes(prefix, prefixBytes, wanted);
    prefixBytes += wanted;
    return prefixBytes == Framing.PREFIX;
  }

  private GrpcFault checkPrefix() {
    if (prefix[0] == 1) {
      return new GrpcFault(
          GrpcStatus.INTERNAL, "message is compressed although no grpc-encoding was agreed");
    }
    if (prefix[0] != 0) {
      return new GrpcFault(
          GrpcStatus.INTERNAL, "message flag " + (prefix[0] & 0xff) + ", expected 0 or 1");
    }
    long length =
        (prefix[1] & 0xffL) << 24
            | (prefix[2] & 0xff) << 16
            | (prefix[3] & 0xff) << 8
            | prefix[4] & 0xff;
    if (length > largest) {
      return new GrpcFault(
          GrpcStatus.RESOURCE_EXHAUSTED,
          "message of " + length + " bytes, expected at most " + largest);
    }
    expected = (int) length;
    return null;
  }
}
