package io.busbar.runner;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;

/** Reads varint-delimited protobuf messages, as {@code writeDelimitedTo} writes them. */
final class DelimitedMessages {
  private static final int LONGEST_VARINT = 5;

  private final int largest;
  private Buffer pending = Buffer.buffer();

  DelimitedMessages(int largest) {
    this.largest = largest;
  }

  /** Takes a message. */
  interface Sink {
    void take(byte[] message) throws InvalidProtocolBufferException;
  }

  void feed(Buffer chunk, Sink sink) throws InvalidProtocolBufferException {
    pending.appendBuffer(chunk);
    int at = 0;
    while (true) {
      long length = 0;
      int head = 0;
      boolean whole = false;
      while (!whole && at + head < pending.length()) {
        byte b = pending.getByte(at + head);
        length |= (b & 0x7fL) << 7 * head++;
        whole = b >= 0;
        if (!whole && head == LONGEST_VARINT) {
          throw new InvalidProtocolBufferException("a length is no varint");
        }
      }
      if (whole && length > largest) {
        throw new InvalidProtocolBufferException(
            "message of " + length + " bytes, expected at most " + largest);
      }
      if (!whole || at + head + length > pending.length()) {
        break;
      }
      int start = at + head;
      at = start + (int) length;
      sink.take(pending.getBytes(start, at));
    }
    pending = pending.getBuffer(at, pending.length());
  }

  boolean withinMessage() {
    return pending.length() > 0;
  }

  static void writeVarint(ByteBuf out, int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      out.writeByte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
