package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;

/**
 * What this side sends: headers at once, data as the windows of the peer and the socket allow, each
 * stream in its turn.
 */
final class Sender {
  private final Outbound out;
  private final AbuseGuard guard;
  private final HeaderEncoder encoder = new HeaderEncoder();
  private final ByteBuf scratch = Unpooled.buffer(256);
  private final ArrayDeque<Http2Stream> ready = new ArrayDeque<>();
  private final LocalEnd ended;
  private long window = Frames.FIRST_WINDOW;
  private boolean pumping;

  /** Told when this side of a stream has ended on the wire. */
  interface LocalEnd {
    void ended(Http2Stream stream);
  }

  Sender(Outbound out, AbuseGuard guard, LocalEnd ended) {
    this.out = out;
    this.guard = guard;
    this.ended = ended;
  }

  HeaderEncoder encoder() {
    return encoder;
  }

  void headers(Http2Stream stream, HeaderBlock block, boolean end) {
    int ends = end ? Frames.END_STREAM : 0;
    byte[] known = encoder.known(block);
    if (known == null) {
      encoded(stream, block, ends);
    } else {
      out.frame(known.length, Frames.HEADERS, ends | Frames.END_HEADERS, stream.id);
      out.text(known);
    }
    guard.useful();
    if (end) {
      ended.ended(stream);
    }
  }

  private void encoded(Http2Stream stream, HeaderBlock block, int endStream) {
    scratch.clear();
    encoder.encode(block, scratch);
    int type = Frames.HEADERS;
    int ends = endStream;
    do {
      int size = Math.min(scratch.readableBytes(), Frames.LARGEST);
      boolean whole = size == scratch.readableBytes();
      out.frame(size, type, ends | (whole ? Frames.END_HEADERS : 0), stream.id);
      out.bytes(scratch, size);
      scratch.skipBytes(size);
      type = Frames.CONTINUATION;
      ends = 0;
    } while (scratch.isReadable());
  }

  void data(Http2Stream stream, ByteBuf bytes) {
    int size = bytes.readableBytes();
    if (size == 0) {
      if (stream.endDue() && !stream.waits()) {
        end(stream);
      }
      return;
    }
    if (!stream.waits()
        && size <= Frames.LARGEST
        && size <= window
        && size <= stream.sendWindow
        && out.hasRoom()) {
      boolean last = stream.endDue();
      frame(stream, bytes, size, last);
      if (last) {
        ended.ended(stream);
      }
      return;
    }
    stream.queue(bytes.duplicate());
    offer(stream);
    pump();
  }

  private void frame(Http2Stream stream, ByteBuf bytes, int size, boolean last) {
    out.frame(size, Frames.DATA, last ? Frames.END_STREAM : 0, stream.id);
    out.bytes(bytes, size);
    window -= size;
    stream.sendWindow -= size;
    guard.useful();
  }

  /** Ends this side of a stream that has nothing waiting. */
  void end(Http2Stream stream) {
    if (stream.trailers() != null) {
      headers(stream, stream.trailers(), true);
    } else {
      out.frame(0, Frames.DATA, Frames.END_STREAM, stream.id);
      ended.ended(stream);
    }
  }

  private void offer(Http2Stream stream) {
    if (!stream.ready && stream.waits() && stream.sendWindow > 0) {
      stream.ready = true;
      ready.add(stream);
    }
  }

  /** Sends what can be sent. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (window > 0 && !ready.isEmpty() && out.hasRoom()) {
        Http2Stream stream = ready.poll();
        stream.ready = false;
        if (!stream.closed && stream.waits()) {
          some(stream);
        }
      }
    } finally {
      pumping = false;
    }
  }

  private void some(Http2Stream stream) {
    ByteBuf head = stream.head();
    int size = (int) Math.min(Math.min(window, stream.sendWindow), Frames.LARGEST);
    size = Math.min(size, head.readableBytes());
    if (size <= 0) {
      return;
    }
    boolean last = stream.unsent() == size && stream.endDue() && stream.trailers() == null;
    frame(stream, head, size, last);
    head.skipBytes(size);
    stream.left(size);
    if (last) {
      ended.ended(stream);
    } else if (!stream.waits() && stream.endDue()) {
      end(stream);
    } else {
      offer(stream);
    }
    stream.tellDrain();
  }

  // ---- what the peer grants

  /** False = beyond what a window may be. */
  boolean connectionWindow(int more) {
    window += more;
    pump();
    return window <= Integer.MAX_VALUE;
  }

  /** False = beyond what a window may be. */
  boolean streamWindow(Http2Stream stream, long more) {
    stream.sendWindow += more;
    offer(stream);
    return stream.sendWindow <= Integer.MAX_VALUE;
  }

  // ---- control frames

  void windowUpdate(int stream, int more) {
    out.frame(4, Frames.WINDOW_UPDATE, 0, stream);
    out.number(more);
  }

  void reset(int stream, long code) {
    out.frame(4, Frames.RST_STREAM, 0, stream);
    out.number((int) code);
  }

  void ping(long data, boolean ack) {
    out.frame(8, Frames.PING, ack ? Frames.ACK : 0, 0);
    out.longNumber(data);
  }

  void settingsAck() {
    out.frame(0, Frames.SETTINGS, Frames.ACK, 0);
  }

  void settings(long... idsAndValues) {
    out.frame(idsAndValues.length * 3, Frames.SETTINGS, 0, 0);
    for (int i = 0; i < idsAndValues.length; i += 2) {
      out.shortNumber((int) idsAndValues[i]);
      out.number((int) idsAndValues[i + 1]);
    }
  }

  void goAway(int lastStream, long code, byte[] text) {
    out.frame(8 + text.length, Frames.GOAWAY, 0, 0);
    out.number(lastStream);
    out.number((int) code);
    out.text(text);
  }
}
