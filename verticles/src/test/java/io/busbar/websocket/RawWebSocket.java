package io.busbar.websocket;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that writes frames as it is told, right or wrong. */
final class RawWebSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int CLOSE = 8;
  private static final int TEXT = 1;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  RawWebSocket(URI uri) throws IOException {
    socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    String request =
        "GET "
            + uri.getPath()
            + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101")) {
      throw new AssertionError(head.toString());
    }
  }

  /** Writes a frame with a mask of zeros. */
  void frame(int firstByte, byte[] payload) throws IOException {
    try {
      announce(firstByte, payload.length);
      out.write(payload);
      out.flush();
    } catch (SocketException closedBefore) {
      // What the server said before it closed is still to be read.
      socket.shutdownOutput();
    }
  }

  /** Writes only the head of a frame. */
  void announce(int firstByte, long length) throws IOException {
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
  String textContaining(String part) throws IOException {
    while (true) {
      Frame frame = read();
      String text = new String(frame.payload(), StandardCharsets.UTF_8);
      if (frame.opcode() == TEXT && text.contains(part)) {
        return text;
      }
    }
  }

  /** Code of the close frame; 1006 when the connection ended without one. */
  int closeCode() throws IOException {
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
