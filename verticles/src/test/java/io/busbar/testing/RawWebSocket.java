package io.busbar.testing;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;

/** A WebSocket client that writes frames as it is told, right or wrong. */
public final class RawWebSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int CLOSE = 8;
  private static final int TEXT = 1;
  private static final int PONG = 10;
  private static final int FINAL = 0x80;

  private final Socket socket;
  private final int status;
  private final OutputStream out;
  private final DataInputStream in;

  /** Opens one; fails unless it is accepted. */
  public RawWebSocket(URI uri, String... headers) throws IOException {
    this(uri, 0, headers);
    if (status != 101) {
      throw new AssertionError("status " + status);
    }
  }

  private RawWebSocket(URI uri, int receiveBuffer, String... headers) throws IOException {
    socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = socket.getOutputStream();
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 4096));
    StringBuilder request =
        new StringBuilder("GET ").append(uri.getPath()).append(" HTTP/1.1\r\nHost: x\r\n");
    request.append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
    request.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    out.write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    status = Integer.parseInt(head.substring(9, 12));
  }

  /** Opens one with a small window, so that what it does not read soon waits at the server. */
  public static RawWebSocket narrow(URI uri, String... headers) throws IOException {
    return new RawWebSocket(uri, 16 * 1024, headers);
  }

  /** Status of the answer to the request; 101 = it was accepted. */
  public static int status(URI uri, String... headers) throws IOException {
    try (RawWebSocket asked = new RawWebSocket(uri, 0, headers)) {
      return asked.status;
    }
  }

  /** Writes a text message. */
  public void text(String text) throws IOException {
    frame(FINAL | TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The next text message, which must be JSON; pings of the protocol itself are passed over. */
  public JsonObject json() throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.opcode() == TEXT) {
        return new JsonObject(Buffer.buffer(frame.payload()));
      }
      if (frame.opcode() == CLOSE) {
        throw new AssertionError("closed: " + close(frame));
      }
    }
  }

  /** The next text message, which must be of that type. */
  public JsonObject json(String type) throws IOException {
    JsonObject message = json();
    if (!type.equals(message.getString("type"))) {
      throw new AssertionError("expected " + type + ", got " + message);
    }
    return message;
  }

  /** Payload of the next pong, as hex digits. */
  public String pong() throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.opcode() == PONG) {
        return HexFormat.of().formatHex(frame.payload());
      }
    }
  }

  private static String close(Frame frame) {
    ByteBuffer payload = ByteBuffer.wrap(frame.payload());
    if (payload.remaining() < 2) {
      return "";
    }
    int code = payload.getShort() & 0xffff;
    return (code + " " + StandardCharsets.UTF_8.decode(payload)).strip();
  }

  /** Reads to the end: the close frame as "code reason", or "1006" when there was none. */
  public String closed() throws IOException {
    return closed(text -> {});
  }

  /** Reads to the end, and hands out the texts on the way. */
  public String closed(Consumer<String> texts) throws IOException {
    try {
      while (true) {
        Frame frame = read();
        if (frame.opcode() == CLOSE) {
          return close(frame);
        }
        if (frame.opcode() == TEXT) {
          texts.accept(new String(frame.payload(), StandardCharsets.UTF_8));
        }
      }
    } catch (EOFException | SocketException ended) {
      return "1006";
    }
  }

  /** Writes a frame with a mask of zeros. */
  public void frame(int firstByte, byte[] payload) throws IOException {
    try {
      announce(firstByte, payload.length);
      out.write(payload);
      out.flush();
    } catch (SocketException closedBefore) {
      // What the server said before it closed is still to be read.
      socket.shutdownOutput();
    }
  }

  /** Writes frames without payload in one segment. */
  public void together(int... firstBytes) throws IOException {
    ByteBuffer frames = ByteBuffer.allocate(6 * firstBytes.length);
    for (int firstByte : firstBytes) {
      frames.put((byte) firstByte).put((byte) 0x80).putInt(0);
    }
    out.write(frames.array());
    out.flush();
  }

  /** Writes only the head of a frame. */
  public void announce(int firstByte, long length) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(14);
    head.put((byte) firstByte);
    if (length < 126) {
      head.put((byte) (0x80 | length));
    } else if (length < 65_536) {
      head.put((byte) (0x80 | 126)).putShort((short) length);
    } else {
      head.put((byte) (0x80 | 127)).putLong(length);
    }
    head.putInt(0);
    out.write(head.array(), 0, head.position());
    out.flush();
  }

  private record Frame(int opcode, byte[] payload) {}

  private Frame read() throws IOException {
    int opcode = in.readUnsignedByte() & 15;
    long length = in.readUnsignedByte() & 127;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return new Frame(opcode, payload);
  }

  /** The next text with that in it. */
  public String textContaining(String part) throws IOException {
    while (true) {
      Frame frame = read();
      String text = new String(frame.payload(), StandardCharsets.UTF_8);
      if (frame.opcode() == TEXT && text.contains(part)) {
        return text;
      }
    }
  }

  /** Code of the close frame; 1006 when the connection ended without one. */
  public int closeCode() throws IOException {
    try {
      while (true) {
        Frame frame = read();
        if (frame.opcode() == CLOSE) {
          return ByteBuffer.wrap(frame.payload()).getShort();
        }
      }
    } catch (EOFException | SocketException ended) {
      return 1006;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
