package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;

/** Frames as bytes, for tests that play a peer by hand. */
final class Wire {
  /** A frame as it came. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    long number() {
      return Unpooled.wrappedBuffer(payload).getUnsignedInt(0);
    }

    /** Of a GOAWAY. */
    long code() {
      return Unpooled.wrappedBuffer(payload).getUnsignedInt(4);
    }
  }

  static ByteBuf hex(String digits) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(digits.replace(" ", "")));
  }

  static ByteBuf frame(int type, int flags, int stream, ByteBuf payload) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeMedium(payload.readableBytes()).writeByte(type).writeByte(flags).writeInt(stream);
    return frame.writeBytes(payload);
  }

  static ByteBuf frame(int type, int flags, int stream, String payload) {
    return frame(type, flags, stream, hex(payload));
  }

  static ByteBuf settings() {
    return frame(Frames.SETTINGS, 0, 0, "");
  }

  static ByteBuf preface() {
    return Unpooled.copiedBuffer(Frames.PREFACE, java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** POST / by http, all from the static table. */
  static ByteBuf request(int stream, boolean ends) {
    return frame(Frames.HEADERS, Frames.END_HEADERS | (ends ? 1 : 0), stream, "83 86 84");
  }

  static ByteBuf data(int stream, int size, boolean ends) {
    return frame(Frames.DATA, ends ? 1 : 0, stream, Unpooled.wrappedBuffer(new byte[size]));
  }

  static ByteBuf windowUpdate(int stream, int more) {
    return frame(Frames.WINDOW_UPDATE, 0, stream, Unpooled.copyInt(more));
  }

  static ByteBuf reset(int stream, int code) {
    return frame(Frames.RST_STREAM, 0, stream, Unpooled.copyInt(code));
  }

  static ByteBuf setting(int id, int value) {
    return frame(Frames.SETTINGS, 0, 0, Unpooled.buffer().writeShort(id).writeInt(value));
  }

  /** All that was written, as bytes. */
  static ByteBuf written(EmbeddedChannel channel) {
    channel.runPendingTasks();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.writeBytes(next);
      next.release();
    }
    return all;
  }

  /** All that was written, as frames; of a client without its preface. */
  static List<Frame> frames(EmbeddedChannel channel) {
    return frames(written(channel));
  }

  static List<Frame> frames(ByteBuf bytes) {
    if (bytes.readableBytes() >= 24 && bytes.getByte(bytes.readerIndex()) == 'P') {
      bytes.skipBytes(24);
    }
    List<Frame> frames = new ArrayList<>();
    while (bytes.isReadable()) {
      byte[] payload = new byte[bytes.readUnsignedMedium()];
      int type = bytes.readByte();
      int flags = bytes.readByte();
      int stream = bytes.readInt();
      bytes.readBytes(payload);
      frames.add(new Frame(type, flags, stream, payload));
    }
    return frames;
  }

  private Wire() {}
}
