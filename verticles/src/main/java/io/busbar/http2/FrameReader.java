package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Cuts the bytes of a connection into frames. DATA is passed on as it arrives; of other frames at
 * most one is kept until it is whole, and of header blocks at most one, both bounded.
 */
final class FrameReader {
  private static final int MOST_FRAGMENTS = 64;
  private static final int KEPT = 1024;
  private static final ByteBuf HTTP_1 =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer(" HTTP/1.", StandardCharsets.US_ASCII).asReadOnly());
  private static final int LONGEST_TEXT = 200;

  private final FrameSink sink;
  private final int mostBlock;
  private final byte[] preface;
  private int prefaceSeen;
  private boolean http1;
  private boolean settingsSeen;
  private ByteBuf rest;

  private int dataStream;
  private int dataLeft;
  private int padLeft;
  private boolean dataEnds;

  private ByteBuf block;
  private int blockStream;
  private boolean blockEnds;
  private int fragments;

  /**
   * @param preface what must come before the first frame
   * @param headerBytes longest header block, as it stands on the wire
   */
  FrameReader(FrameSink sink, String preface, int headerBytes) {
    this.sink = sink;
    this.preface = preface.getBytes(StandardCharsets.US_ASCII);
    this.mostBlock = headerBytes;
  }

  /** Whether the other side began with a request of HTTP/1.1. */
  boolean http1() {
    return http1;
  }

  /** Takes all bytes there are. */
  void read(ByteBuf in) throws ConnectionFault {
    while (in.isReadable()) {
      if (prefaceSeen < preface.length) {
        readPreface(in);
      } else if (dataLeft > 0) {
        readData(in);
      } else if (padLeft > 0) {
        int skipped = Math.min(padLeft, in.readableBytes());
        in.skipBytes(skipped);
        padLeft -= skipped;
      } else if (rest != null && rest.isReadable()) {
        complete(in);
      } else if (in.readableBytes() >= needed(in)) {
        frame(in);
      } else {
        keep(in);
      }
    }
  }

  private void readPreface(ByteBuf in) throws ConnectionFault {
    while (prefaceSeen < preface.length && in.isReadable()) {
      if (in.readByte() != preface[prefaceSeen++]) {
        http1 = ByteBufUtil.indexOf(HTTP_1, in) >= 0;
        throw ConnectionFault.protocol("the connection does not begin with the preface of HTTP/2");
      }
    }
    if (prefaceSeen == preface.length) {
      sink.preface();
    }
  }

  /** How many bytes must be here before the frame at the reader index can be read. */
  private int needed(ByteBuf in) throws ConnectionFault {
    if (in.readableBytes() < Frames.HEAD) {
      return Frames.HEAD;
    }
    int at = in.readerIndex();
    int length = in.getUnsignedMedium(at);
    if (length > Frames.LARGEST) {
      throw ConnectionFault.size("frame of " + length + " bytes, expected at most 16384");
    }
    if (in.getByte(at + 3) == Frames.DATA) {
      boolean padded = (in.getByte(at + 4) & Frames.PADDED) != 0;
      return Frames.HEAD + (padded && length > 0 ? 1 : 0);
    }
    return Frames.HEAD + length;
  }

  private void keep(ByteBuf in) {
    if (rest == null) {
      rest = Unpooled.buffer(Math.max(64, in.readableBytes()), Frames.HEAD + Frames.LARGEST);
    }
    rest.clear();
    rest.writeBytes(in);
  }

  private void complete(ByteBuf in) throws ConnectionFault {
    int missing = needed(rest) - rest.readableBytes();
    while (missing > 0 && in.isReadable()) {
      rest.writeBytes(in, Math.min(missing, in.readableBytes()));
      missing = needed(rest) - rest.readableBytes();
    }
    if (missing <= 0) {
      ByteBuf whole = rest;
      rest = whole.capacity() > KEPT ? null : whole;
      frame(whole);
      whole.clear();
    }
  }

  private void readData(ByteBuf in) throws ConnectionFault {
    int size = Math.min(dataLeft, in.readableBytes());
    dataLeft -= size;
    int end = in.readerIndex() + size;
    sink.part(dataStream, in, size, dataEnds && dataLeft == 0);
    in.readerIndex(end);
  }

  // ---- one frame

  private void frame(ByteBuf in) throws ConnectionFault {
    int length = in.readUnsignedMedium();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fff_ffff;
    if (!settingsSeen && (type != Frames.SETTINGS || (flags & Frames.ACK) != 0)) {
      throw ConnectionFault.protocol("frame of type " + type + " before SETTINGS");
    }
    if (block != null && (type != Frames.CONTINUATION || stream != blockStream)) {
      throw ConnectionFault.protocol("frame of type " + type + " within a header block");
    }
    if (type == Frames.DATA) {
      beginData(in, length, flags, stream);
      return;
    }
    int end = in.readerIndex() + length;
    switch (type) {
      case Frames.HEADERS -> headers(in, end, flags, named(stream, "HEADERS"));
      case Frames.PRIORITY -> priority(in, length, named(stream, "PRIORITY"));
      case Frames.RST_STREAM -> {
        exactly(length, 4, "RST_STREAM");
        sink.reset(named(stream, "RST_STREAM"), in.readUnsignedInt());
      }
      case Frames.SETTINGS -> settings(in, length, flags, stream);
      case Frames.PUSH_PROMISE -> throw ConnectionFault.protocol("PUSH_PROMISE, expected none");
      case Frames.PING -> {
        unnamed(stream, "PING");
        exactly(length, 8, "PING");
        sink.ping(in.readLong(), (flags & Frames.ACK) != 0);
      }
      case Frames.GOAWAY -> goAway(in, length, stream);
      case Frames.WINDOW_UPDATE -> {
        exactly(length, 4, "WINDOW_UPDATE");
        sink.windowUpdate(stream, in.readInt() & 0x7fff_ffff);
      }
      case Frames.CONTINUATION -> continuation(in, length, flags);
      default -> sink.ignored();
    }
    in.readerIndex(end);
  }

  private static int named(int stream, String type) throws ConnectionFault {
    if (stream == 0) {
      throw ConnectionFault.protocol(type + " on stream 0");
    }
    return stream;
  }

  private static void unnamed(int stream, String type) throws ConnectionFault {
    if (stream != 0) {
      throw ConnectionFault.protocol(type + " on stream " + stream + ", expected 0");
    }
  }

  private static void exactly(int length, int expected, String type) throws ConnectionFault {
    if (length != expected) {
      throw ConnectionFault.size(type + " of " + length + " bytes, expected " + expected);
    }
  }

  private void beginData(ByteBuf in, int length, int flags, int stream) throws ConnectionFault {
    dataStream = named(stream, "DATA");
    dataEnds = (flags & Frames.END_STREAM) != 0;
    dataLeft = length;
    if ((flags & Frames.PADDED) != 0) {
      if (length == 0) {
        throw ConnectionFault.size("padded DATA without the length of its padding");
      }
      padLeft = in.readUnsignedByte();
      dataLeft = length - 1 - padLeft;
      if (dataLeft < 0) {
        throw ConnectionFault.protocol("DATA with more padding than payload");
      }
    }
    sink.data(stream, length, length - dataLeft);
    if (dataLeft == 0) {
      sink.part(stream, in, 0, dataEnds);
    }
  }

  private void headers(ByteBuf in, int end, int flags, int stream) throws ConnectionFault {
    int until = end;
    if ((flags & Frames.PADDED) != 0) {
      if (in.readerIndex() == end) {
        throw ConnectionFault.size("padded HEADERS without the length of its padding");
      }
      until -= in.readUnsignedByte();
    }
    boolean selfDependent = false;
    if ((flags & Frames.WITH_PRIORITY) != 0) {
      if (until - in.readerIndex() < 5) {
        throw ConnectionFault.size("HEADERS too short for its priority");
      }
      selfDependent = (in.readInt() & 0x7fff_ffff) == stream;
      in.skipBytes(1);
    }
    if (until < in.readerIndex()) {
      throw ConnectionFault.protocol("HEADERS with more padding than payload");
    }
    boolean ends = (flags & Frames.END_STREAM) != 0;
    ByteBuf fragment = in.slice(in.readerIndex(), until - in.readerIndex());
    if ((flags & Frames.END_HEADERS) != 0) {
      sink.headers(stream, fragment, ends);
    } else {
      block = Unpooled.buffer(2 * fragment.readableBytes() + 16);
      blockStream = stream;
      blockEnds = ends;
      fragments = 0;
      gather(fragment);
    }
    if (selfDependent) {
      sink.selfDependent(stream);
    }
  }

  private void gather(ByteBuf fragment) throws ConnectionFault {
    if (block.readableBytes() + fragment.readableBytes() > mostBlock) {
      throw ConnectionFault.calm("header block of more than " + mostBlock + " bytes");
    }
    if (++fragments > MOST_FRAGMENTS) {
      throw ConnectionFault.calm("header block in more than " + MOST_FRAGMENTS + " frames");
    }
    block.writeBytes(fragment);
  }

  private void continuation(ByteBuf in, int length, int flags) throws ConnectionFault {
    if (block == null) {
      throw ConnectionFault.protocol("CONTINUATION without HEADERS");
    }
    gather(in.slice(in.readerIndex(), length));
    if ((flags & Frames.END_HEADERS) != 0) {
      ByteBuf whole = block;
      block = null;
      sink.headers(blockStream, whole, blockEnds);
    }
  }

  private void priority(ByteBuf in, int length, int stream) throws ConnectionFault {
    exactly(length, 5, "PRIORITY");
    if ((in.readInt() & 0x7fff_ffff) == stream) {
      sink.selfDependent(stream);
    } else {
      sink.ignored();
    }
  }

  private void settings(ByteBuf in, int length, int flags, int stream) throws ConnectionFault {
    unnamed(stream, "SETTINGS");
    if ((flags & Frames.ACK) != 0) {
      exactly(length, 0, "SETTINGS with ACK");
      sink.settingsAck();
      return;
    }
    if (length % 6 != 0) {
      throw ConnectionFault.size("SETTINGS of " + length + " bytes, expected a multiple of 6");
    }
    settingsSeen = true;
    for (int i = 0; i < length; i += 6) {
      sink.setting(in.readUnsignedShort(), in.readUnsignedInt());
    }
    sink.settingsEnd();
  }

  private void goAway(ByteBuf in, int length, int stream) throws ConnectionFault {
    unnamed(stream, "GOAWAY");
    if (length < 8) {
      throw ConnectionFault.size("GOAWAY of " + length + " bytes, expected at least 8");
    }
    int last = in.readInt() & 0x7fff_ffff;
    long code = in.readUnsignedInt();
    int shown = Math.min(length - 8, LONGEST_TEXT);
    sink.goAway(last, code, in.toString(in.readerIndex(), shown, StandardCharsets.UTF_8));
  }
}
