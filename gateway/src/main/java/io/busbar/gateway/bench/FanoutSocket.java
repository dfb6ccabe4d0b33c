package io.busbar.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket subscriber that costs little: reads text frames, answers pings, knows nothing else.
 * On its socket's event loop.
 */
final class FanoutSocket {
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Told of every text frame: its bytes are {@code from} to {@code to} of the buffer. */
  interface Listener {
    /** True = from now on it is a subscriber. */
    boolean text(Buffer data, int from, int to);
  }

  private final NetSocket socket;
  private final Listener listener;
  private final Promise<FanoutSocket> ready = Promise.promise();
  private boolean upgraded;
  private boolean over;
  private Buffer rest = Buffer.buffer();

  private FanoutSocket(NetSocket socket, Listener listener) {
    this.socket = socket;
    this.listener = listener;
  }

  /**
   * Completes when it is a subscriber: at once when the upgrade is, or as the listener says.
   *
   * @param hello a text to send first, null = none, and the upgrade is all
   */
  static Future<FanoutSocket> open(
      NetClient client, int port, String path, String hello, Listener listener) {
    return client
        .connect(port, "127.0.0.1")
        .compose(
            socket -> {
              FanoutSocket subscriber = new FanoutSocket(socket, listener);
              socket.handler(data -> subscriber.received(data, hello));
              socket.closeHandler(v -> subscriber.ended("it was closed"));
              socket.exceptionHandler(e -> subscriber.ended(String.valueOf(e.getMessage())));
              socket.write(upgrade(path)).onFailure(subscriber.ready::tryFail);
              return subscriber.ready.future();
            });
  }

  private static String upgrade(String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }

  private void ended(String why) {
    over = true;
    ready.tryFail(new IllegalStateException("no subscriber: " + why));
  }

  boolean isOver() {
    return over;
  }

  /**
   * Reads nothing any more. A paused socket would keep what it has read, unreleased, when it ends.
   */
  void stall() {
    ((NetSocketInternal) socket).channelHandlerContext().channel().config().setAutoRead(false);
  }

  Future<Void> close() {
    return socket.close();
  }

  private void received(Buffer data, String hello) {
    Buffer all = rest.length() == 0 ? data : rest.appendBuffer(data);
    int at = 0;
    if (!upgraded) {
      int end = endOfHead(all);
      if (end < 0) {
        rest = all;
        return;
      }
      String head = all.getString(0, end);
      if (!head.startsWith("HTTP/1.1 101")) {
        ended(head.lines().findFirst().orElse(""));
        return;
      }
      upgraded = true;
      at = end;
      if (hello == null) {
        ready.tryComplete(this);
      } else {
        send(TEXT, hello.getBytes(StandardCharsets.UTF_8));
      }
    }
    int taken = frame(all, at);
    while (taken > 0) {
      at += taken;
      taken = frame(all, at);
    }
    rest = at == all.length() ? Buffer.buffer() : all.getBuffer(at, all.length());
  }

  private static int endOfHead(Buffer all) {
    for (int i = 0; i + END_OF_HEAD.length <= all.length(); i++) {
      int same = 0;
      while (same < END_OF_HEAD.length && all.getByte(i + same) == END_OF_HEAD[same]) {
        same++;
      }
      if (same == END_OF_HEAD.length) {
        return i + same;
      }
    }
    return -1;
  }

  /** Bytes of the frame that begins there, 0 = it is not whole. */
  private int frame(Buffer all, int at) {
    int left = all.length() - at;
    if (left < 2) {
      return 0;
    }
    int code = all.getByte(at + 1) & 0x7f;
    int head = code == LONG ? 10 : code == SHORT ? 4 : 2;
    if (left < head) {
      return 0;
    }
    long length =
        code == LONG ? all.getLong(at + 2) : code == SHORT ? all.getUnsignedShort(at + 2) : code;
    if (left < head + length) {
      return 0;
    }
    int from = at + head;
    int to = from + (int) length;
    switch (all.getByte(at) & 0x0f) {
      case TEXT -> text(all, from, to);
      case PING -> send(PING + 1, all.getBytes(from, to));
      case CLOSE -> over = true;
      default -> {}
    }
    return head + (int) length;
  }

  private void text(Buffer all, int from, int to) {
    if (listener.text(all, from, to)) {
      ready.tryComplete(this);
    }
  }

  /** A pong in JSON, as the training stream asks for. */
  void pong() {
    send(TEXT, "{\"type\":\"pong\"}".getBytes(StandardCharsets.UTF_8));
  }

  /** Masked with zeros, which changes nothing. */
  private void send(int opcode, byte[] payload) {
    Buffer frame = Buffer.buffer().appendByte((byte) (0x80 | opcode));
    frame.appendByte((byte) (0x80 | payload.length)).appendInt(0).appendBytes(payload);
    socket.write(frame).onFailure(e -> ended(String.valueOf(e.getMessage())));
  }
}
