package io.busbar.channel.ring;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Bytes of one ring item: its epoch, so that a write can check it, then a protobuf message. */
public final class RingItem {
  private RingItem() {}

  public static byte[] of(long epoch, MessageLite message) {
    int size = message.getSerializedSize();
    byte[] item = new byte[Long.BYTES + size];
    ByteBuffer.wrap(item).putLong(epoch);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(item, Long.BYTES, size);
      message.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return item;
  }

  /** Epoch of an item, 0 = it is none. */
  public static long epoch(byte[] item) {
    return item == null || item.length < Long.BYTES ? 0 : ByteBuffer.wrap(item).getLong();
  }

  /** The message, whose bytes stay in the item; null = it cannot be read. */
  public static <T extends MessageLite> T message(byte[] item, Parser<T> parser) {
    if (item == null || item.length < Long.BYTES) {
      return null;
    }
    ByteString bytes = UnsafeByteOperations.unsafeWrap(item, Long.BYTES, item.length - Long.BYTES);
    try {
      var in = bytes.newCodedInput();
      in.enableAliasing(true);
      return parser.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      // Said by the null, which stands for an item that was lost.
      return null;
    }
  }
}
