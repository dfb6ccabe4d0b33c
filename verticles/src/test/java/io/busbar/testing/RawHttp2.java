package io.busbar.testing;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP/2 client that writes its frames byte by byte: can do what a client library would not. It
 * grants the server all the room it wants and answers SETTINGS and PING.
 */
public final class RawHttp2 implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PRIORITY = 0x20;

  /**
   * A frame that came.
   *
   * @param headers of a HEADERS frame, else null
   */
  public record Frame(int type, int flags, int stream, Buffer payload, Http2Headers headers) {
    public boolean endStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }

  /** Kept: an unreachable client is closed with all its connections. */
  private final NetClient client;

  private volatile NetSocket socket;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Buffer> settings = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final AtomicInteger streams = new AtomicInteger(1);
  private Buffer pending = Buffer.buffer();

  public RawHttp2(Vertx vertx, int port, NetClientOptions options) {
    client = vertx.createNetClient(options);
    CompletableFuture<Void> connected = new CompletableFuture<>();
    // On the connection's thread: what the server does at once must not come before the handlers.
    vertx
        .getOrCreateContext()
        .runOnContext(
            v ->
                client
                    .connect(port, "127.0.0.1")
                    .onSuccess(this::listen)
                    .<Void>mapEmpty()
                    .onComplete(connected::complete, connected::completeExceptionally));
    try {
      connected.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("could not connect", e);
    }
    write(Buffer.buffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    write(frame(SETTINGS, 0, 0, Buffer.buffer()));
    write(frame(WINDOW_UPDATE, 0, 0, Buffer.buffer().appendInt(1 << 30)));
  }

  /** Sends the headers of a gRPC call; the new stream's number. */
  public int open(String path, String scheme, String... more) {
    int stream = streams.getAndAdd(2);
    write(headers(stream, path, scheme, more));
    return stream;
  }

  /** Opens a call and sends its messages, all in one write; the new stream's number. */
  public int call(String path, byte[]... messages) {
    int stream = streams.getAndAdd(2);
    Buffer all = headers(stream, path, "http");
    for (byte[] message : messages) {
      all.appendBuffer(data(stream, message));
    }
    write(all);
    return stream;
  }

  private static Buffer headers(int stream, String path, String scheme, String... more) {
    Buffer block = Buffer.buffer();
    header(block, ":method", "POST");
    header(block, ":scheme", scheme);
    header(block, ":path", path);
    header(block, ":authority", "lb.example:9190");
    header(block, "content-type", "application/grpc");
    header(block, "user-agent", "grpc-go/1.20.1");
    header(block, "te", "trailers");
    for (int i = 0; i < more.length; i += 2) {
      header(block, more[i], more[i + 1]);
    }
    return frame(HEADERS, END_HEADERS, stream, block);
  }

  /** Sends one message, with its prefix, in one DATA frame. */
  public void message(int stream, byte[] message) {
    write(data(stream, message));
  }

  private static Buffer data(int stream, byte[] message) {
    return frame(
        DATA,
        0,
        stream,
        Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message));
  }

  public void reset(int stream) {
    write(frame(RST_STREAM, 0, stream, Buffer.buffer().appendInt(8)));
  }

  public void write(Buffer bytes) {
    socket.write(bytes);
  }

  private void listen(NetSocket opened) {
    socket = opened;
    opened.closeHandler(v -> closed.complete(null));
    opened.exceptionHandler(e -> closed.complete(null));
    opened.handler(this::arrived);
  }

  public static Buffer frame(int type, int flags, int stream, Buffer payload) {
    return Buffer.buffer(9 + payload.length())
        .appendMedium(payload.length())
        .appendByte((byte) type)
        .appendByte((byte) flags)
        .appendInt(stream)
        .appendBuffer(payload);
  }

  /** The next frame, SETTINGS, WINDOW_UPDATE and acknowledgements left out; null once closed. */
  public Frame next() {
    try {
      for (int i = 0; i < 3000; i++) {
        Frame frame = frames.poll(10, TimeUnit.MILLISECONDS);
        if (frame != null || closed.isDone()) {
          return frame;
        }
      }
      throw new AssertionError("no frame came");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Skips to the next frame of that type; null once closed. */
  public Frame next(int type) {
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.type() == type) {
        return frame;
      }
    }
    return null;
  }

  /** The server's first settings, six bytes each: identifier, value. */
  public CompletableFuture<Buffer> settings() {
    return settings;
  }

  /** Completed when the server has closed the connection. */
  public CompletableFuture<Void> closed() {
    return closed;
  }

  /** A literal header field without indexing. */
  private static void header(Buffer block, String name, String value) {
    block
        .appendByte((byte) 0)
        .appendByte((byte) name.length())
        .appendString(name)
        .appendByte((byte) value.length())
        .appendBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  private void arrived(Buffer chunk) {
    pending.appendBuffer(chunk);
    int at = 0;
    while (pending.length() - at >= 9 && pending.length() - at >= 9 + pending.getMedium(at)) {
      int length = pending.getMedium(at);
      int type = pending.getByte(at + 3);
      int flags = pending.getByte(at + 4);
      int stream = pending.getInt(at + 5) & 0x7fff_ffff;
      Buffer payload = pending.getBuffer(at + 9, at + 9 + length);
      at += 9 + length;
      take(type, flags, stream, payload);
    }
    pending = pending.getBuffer(at, pending.length());
  }

  private void take(int type, int flags, int stream, Buffer payload) {
    if (type == SETTINGS || type == PING) {
      if ((flags & ACK) == 0) {
        write(frame(type, ACK, 0, type == PING ? payload : Buffer.buffer()));
      }
      if (type == SETTINGS) {
        if ((flags & ACK) == 0) {
          settings.complete(payload);
        }
        return;
      }
    }
    if (type == WINDOW_UPDATE) {
      return;
    }
    Http2Headers headers = null;
    if (type == HEADERS) {
      try {
        int priority = (flags & PRIORITY) != 0 ? 5 : 0;
        headers =
            hpack.decodeHeaders(
                stream, ((BufferInternal) payload).getByteBuf().skipBytes(priority));
      } catch (Http2Exception e) {
        throw new AssertionError("bad header block", e);
      }
    }
    frames.add(new Frame(type, flags, stream, payload, headers));
  }

  @Override
  public void close() {
    client.close();
  }
}
