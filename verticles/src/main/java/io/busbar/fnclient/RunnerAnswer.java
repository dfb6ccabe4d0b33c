package io.busbar.fnclient;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.RunnerMsg;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/**
 * A RunnerMsg; at most one of its members is not null. A message with one field, which nearly all
 * are, is read by its tags: the bytes of a data frame stay where they arrived. Any other form is
 * left to the generated reader.
 *
 * @param eof of data
 */
record RunnerAnswer(CallResultStart start, ByteBuf data, boolean eof, CallFinished finished) {
  private static final int START = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int DATA = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int FINISHED = 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int BYTES = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int EOF = 2 << 3 | WireFormat.WIRETYPE_VARINT;

  /** Throws an IOException naming what is wrong when the bytes are no RunnerMsg. */
  static RunnerAnswer parse(ByteBuf bytes) throws IOException {
    int length = bytes.readableBytes();
    if (bytes.hasArray() && length > 0) {
      int base = bytes.arrayOffset() + bytes.readerIndex();
      CodedInputStream in = CodedInputStream.newInstance(bytes.array(), base, length);
      int tag = in.readTag();
      if (tag == DATA || tag == START || tag == FINISHED) {
        int size = in.readRawVarint32();
        if (size == length - in.getTotalBytesRead()) {
          RunnerAnswer answer =
              switch (tag) {
                case START -> new RunnerAnswer(CallResultStart.parseFrom(in), null, false, null);
                case FINISHED -> new RunnerAnswer(null, null, false, CallFinished.parseFrom(in));
                default -> data(bytes, in);
              };
          in.checkLastTagWas(0);
          return answer;
        }
      }
    }
    RunnerMsg message = RunnerMsg.parseFrom(bytes.nioBuffer());
    return switch (message.getBodyCase()) {
      case DATA ->
          new RunnerAnswer(
              null,
              Unpooled.wrappedBuffer(message.getData().getData().asReadOnlyByteBuffer()),
              message.getData().getEof(),
              null);
      case RESULT_START -> new RunnerAnswer(message.getResultStart(), null, false, null);
      case FINISHED -> new RunnerAnswer(null, null, false, message.getFinished());
      case BODY_NOT_SET -> new RunnerAnswer(null, null, false, null);
    };
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
    return new RunnerAnswer(null, bytes.slice(bytes.readerIndex() + from, size), eof, null);
  }
}
