package io.busbar.edge;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket seen as messages: fragments are joined up to a limit, text must be UTF-8, and what
 * breaks a rule closes the socket with the code that RFC 6455 has for it. All on the lane's
 * context; nothing here throws, writes to a closed socket are dropped.
 */
public final class MessageSocket {
  private static final Logger LOG = LoggerFactory.getLogger(MessageSocket.class);

  /** Codes of RFC 6455 7.4.1. */
  public static final short NORMAL = 1000;

  public static final short PROTOCOL_ERROR = 1002;
  public static final short UNSUPPORTED_DATA = 1003;
  public static final short INVALID_TEXT = 1007;
  public static final short TOO_BIG = 1009;
  public static final short INTERNAL_ERROR = 1011;
  public static final short RESTART = 1012;

  private static final long CLOSE_PATIENCE_MILLIS = 30_000;

  private final ServerWebSocket socket;
  private final int maxMessage;
  private final Runnable left;
  private final IntConsumer faults;
  private Listener listener;
  private Buffer partial;
  private boolean partialText;
  private final FrameOutlet outlet;
  private boolean closing;
  private boolean ending;
  private boolean closed;

  /** What comes in; each method must not throw. */
  public interface Listener {
    void text(String message);

    void binary(Buffer message);

    /** Room to write again. */
    default void drained() {}

    /** Told once, whoever closed. Nothing comes after it. */
    void closed();
  }

  /**
   * @param left told once when it is over
   * @param faults told the code with which a peer that broke a rule is closed
   */
  MessageSocket(ServerWebSocket socket, int maxMessage, Runnable left, IntConsumer faults) {
    this.faults = faults;
    this.socket = socket;
    this.maxMessage = maxMessage;
    this.left = left;
    this.outlet = FrameOutlet.of(socket);
  }

  /** In the turn in which the socket was opened. */
  void listen(Listener to) {
    listener = to;
    socket.frameHandler(this::frame);
    socket.exceptionHandler(this::broke);
    socket.drainHandler(v -> listener.drained());
    socket.closeHandler(v -> ended());
  }

  private void frame(WebSocketFrame frame) {
    if (closing) {
      return;
    }
    boolean first = frame.isText() || frame.isBinary();
    if (!first && !frame.isContinuation()) {
      // After a close frame nothing but the answer to it may be sent.
      ending |= frame.isClose();
      return;
    }
    if (first == (partial != null)) {
      fault(PROTOCOL_ERROR, "fragments out of order");
      return;
    }
    Buffer data = frame.binaryData();
    long size = data.length() + (partial == null ? 0L : partial.length());
    if (size > maxMessage) {
      partial = null;
      fault(TOO_BIG, "frame exceeds limit of " + maxMessage + " bytes");
      return;
    }
    boolean text = first ? frame.isText() : partialText;
    if (first && frame.isFinal()) {
      message(data, text);
      return;
    }
    if (first) {
      partialText = text;
      partial = Buffer.buffer(data.length()).appendBuffer(data);
    } else {
      partial.appendBuffer(data);
    }
    if (frame.isFinal()) {
      Buffer whole = partial;
      partial = null;
      message(whole, text);
    }
  }

  private void message(Buffer data, boolean text) {
    if (!text) {
      listener.binary(data);
      return;
    }
    String decoded;
    try {
      decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data.getBytes())).toString();
    } catch (CharacterCodingException e) {
      fault(INVALID_TEXT, "text is not UTF-8");
      return;
    }
    listener.text(decoded);
  }

  private void fault(short code, String reason) {
    if (!isClosing()) {
      faults.accept(code);
      close(code, reason);
    }
  }

  private void broke(Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      fault((short) corrupted.closeStatus().code(), corrupted.getMessage());
      // Vert.x closes the connection next, which drops what waits for the end of this read.
      Wire.flush(socket);
    } else if (!(cause instanceof HttpClosedException)) {
      LOG.debug("A WebSocket broke: {}", cause.toString());
    }
  }

  private void ended() {
    if (closed) {
      return;
    }
    closed = true;
    closing = true;
    left.run();
    listener.closed();
  }

  /** Whether nothing more can be written. */
  public boolean isClosing() {
    return closing || socket.isClosed();
  }

  /** Writes one text message. */
  public void text(String message) {
    if (!isClosing()) {
      socket.writeTextMessage(message).onFailure(MessageSocket::dropped);
    }
  }

  /** Writes one binary message; the buffer is taken by reference. */
  public void binary(Buffer message) {
    if (!isClosing()) {
      socket.writeBinaryMessage(message).onFailure(MessageSocket::dropped);
    }
  }

  /**
   * Writes one fragment of a binary message; the buffer is taken by reference. From the first to
   * the last one nothing else may be written but {@link #close}.
   */
  public void part(Buffer data, boolean first, boolean last) {
    if (!isClosing()) {
      WebSocketFrame frame =
          first
              ? WebSocketFrame.binaryFrame(data, last)
              : WebSocketFrame.continuationFrame(data, last);
      socket.writeFrame(frame).onFailure(MessageSocket::dropped);
    }
  }

  /**
   * Writes bytes that are whole WebSocket frames already, such as {@link WebSocketText} makes.
   *
   * @param frames stay the caller's, who may give the same to any number of sockets; what a socket
   *     cannot take at once it refers to until it is written or dropped
   */
  public void encoded(ByteBuf frames) {
    if (!closing && !ending) {
      outlet.write(frames);
    }
  }

  /** The close handler tells the listener; here it is only written down. */
  private static void dropped(Throwable cause) {
    LOG.trace("A message was not written: {}", cause.toString());
  }

  /** Whether more is waiting to be written than the peer reads. */
  public boolean writeQueueFull() {
    return !outlet.isWritable() && !isClosing() && socket.writeQueueFull();
  }

  /** Stops reading until {@link #resume()}; what was read already is still told. */
  public void pause() {
    Wire.reads(socket, false);
  }

  public void resume() {
    Wire.reads(socket, true);
  }

  /**
   * Sends a close frame after what was written; nothing that comes in is told any more but the end.
   * A peer that does not read it is cut off after half a minute.
   *
   * @param code never 1005, 1006 or 1015
   * @param reason at most 123 bytes of UTF-8 are sent
   */
  public void close(short code, String reason) {
    if (isClosing()) {
      return;
    }
    closing = true;
    resume();
    if (socket.writeQueueFull()) {
      Wire.cutAfter(socket, CLOSE_PATIENCE_MILLIS);
    }
    String cut = reason.length() > 120 ? reason.substring(0, 120) : reason;
    (cut.isEmpty() ? socket.close(code) : socket.close(code, cut))
        .onFailure(cause -> LOG.debug("A WebSocket was not closed cleanly: {}", cause.toString()));
  }

  /** Drops the connection without a close frame. */
  public void cut() {
    closing = true;
    Wire.cut(socket);
  }

  public String remoteHost() {
    return socket.remoteAddress() == null ? "" : socket.remoteAddress().hostAddress();
  }

  public int remotePort() {
    return socket.remoteAddress() == null ? 0 : socket.remoteAddress().port();
  }
}
