package io.busbar.fnclient;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.busbar.fn.wire.RunnerMsg;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/**
 * A RunnerMsg. A data frame, which nearly all are, is read by its tags so that its bytes stay where
 * they arrived; any other form is left to the generated reader.
 *
 * @param message null for data
 * @param data null for any other kind
 */
record RunnerAnswer(RunnerMsg message, ByteBuf data, boolean eof) {
  private static final int DATA = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int BYTES = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int EOF = 2 << 3 | WireFormat.WIRETYPE_VARINT;

  /** Throws an IOException naming what is wrong when the bytes are no RunnerMsg. */
  static RunnerAnswer parse(ByteBuf bytes) throws IOException {
    int length = bytes.readableBytes();
    if (bytes.hasArray()) {
      int base = bytes.arrayOffset() + bytes.readerIndex();
      CodedInputStream in = CodedInputStream.newInstance(bytes.array(), base, length);
      if (length > 0 && in.readTag() == DATA) {
        int size = in.readRawVarint32();
        if (size == length - in.getTotalBytesRead()) {
          return data(bytes, in);
        }
      }
    }
    RunnerMsg message = RunnerMsg.parseFrom(bytes.nioBuffer());
    if (message.hasData()) {
      ByteBuf body = Unpooled.wrappedBuffer(message.getData().getData().asReadOnlyByteBuffer());
      return new RunnerAnswer(null, body, message.getData().getEof());
    }
    return new RunnerAnswer(message, null, false);
  }

  private static RunnerAnswer data(ByteBuf bytes, CodedInputStream in) throws IOException {
    int from = 0;
    int size = 0;
    boolean eof = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == BYTES) {
        size = in.readRawVarint32();
        from = in.getTotalBytesRead();
        in.skipRawBytes(size);
      } else if (tag == EOF) {
        eof = in.readBool();
      } else {
        in.skipField(tag);
      }
    }
    return new RunnerAnswer(null, bytes.slice(bytes.readerIndex() + from, size), eof);
  }
}
