package io.busbar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** HTTP/2 frame by frame, for what a proper client would not send or would not tell. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int GOAWAY = 7;

  private static final int SETTINGS = 4;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PRIORITY = 0x20;
  private static final int PRIORITY_LENGTH = 5;
  private static final int FRAME = 16_384;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder((name, value) -> false);
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  /** A frame; {@code text} is the payload, headers decoded. */
  record Frame(int type, int flags, int stream, Buffer payload, String text) {
    boolean ends() {
      return (flags & END_STREAM) != 0;
    }

    /** Error code of a reset or go-away. */
    int error() {
      int at = type == GOAWAY ? 4 : 0;
      return payload.getInt(at);
    }
  }

  RawHttp2(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    frame(SETTINGS, 0, 0, new byte[0], 0, 0);
  }

  void post(int stream, boolean end, String path, String... more) throws Exception {
    Http2Headers headers =
        new DefaultHttp2Headers().method("POST").scheme("http").authority("x").path(path);
    for (int i = 0; i < more.length; i += 2) {
      headers.add(more[i], more[i + 1]);
    }
    ByteBuf block = Unpooled.buffer();
    encoder.encodeHeaders(stream, headers, block);
    byte[] bytes = ByteBufUtil.getBytes(block);
    for (int from = 0; from < bytes.length; from += FRAME) {
      int length = Math.min(FRAME, bytes.length - from);
      int flags =
          (from + length == bytes.length ? END_HEADERS : 0) | (from == 0 && end ? END_STREAM : 0);
      frame(from == 0 ? HEADERS : CONTINUATION, flags, stream, bytes, from, length);
    }
  }

  void data(int stream, boolean end, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    frame(DATA, end ? END_STREAM : 0, stream, bytes, 0, bytes.length);
  }

  private void frame(int type, int flags, int stream, byte[] from, int at, int length)
      throws IOException {
    byte[] head = {
      (byte) (length >> 16),
      (byte) (length >> 8),
      (byte) length,
      (byte) type,
      (byte) flags,
      (byte) (stream >> 24),
      (byte) (stream >> 16),
      (byte) (stream >> 8),
      (byte) stream
    };
    out.write(head);
    out.write(from, at, length);
    out.flush();
  }

  /** The next frame that is asked for; others are dropped, settings acknowledged. */
  Frame until(Predicate<Frame> wanted) throws Exception {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt() & 0x7fffffff;
      byte[] payload = in.readNBytes(length);
      if (type == SETTINGS && (flags & 1) == 0) {
        frame(SETTINGS, 1, 0, new byte[0], 0, 0);
      }
      String text =
          type == HEADERS
              ? decoder.decodeHeaders(stream, headerBlock(payload, flags)).toString()
              : new String(payload, StandardCharsets.ISO_8859_1);
      Frame frame = new Frame(type, flags, stream, Buffer.buffer(payload), text);
      if (wanted.test(frame)) {
        return frame;
      }
    }
  }

  private static ByteBuf headerBlock(byte[] payload, int flags) {
    int priority = (flags & PRIORITY) != 0 ? PRIORITY_LENGTH : 0;
    return Unpooled.wrappedBuffer(payload, priority, payload.length - priority);
  }

  /** The next frame of a type on a stream. */
  Frame until(int type, int stream) throws Exception {
    return until(f -> f.type() == type && f.stream() == stream);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
