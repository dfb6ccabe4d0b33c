package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/** What the frames of the peer do to the state of a connection. */
final class Incoming implements FrameSink {
  private static final ByteBuf NOTHING = Unpooled.EMPTY_BUFFER;
  private static final HeaderBlock TOO_LARGE = HeaderBlock.of(HeaderField.of(":status", "431"));

  private final Http2Connection connection;
  private final StreamTable streams;
  private final AbuseGuard guard;
  private final HeaderDecoder decoder;
  private final PeerSettings peer = new PeerSettings();
  private final ReceiveWindow window = new ReceiveWindow(Frames.FIRST_WINDOW);
  private Http2Headers checked;
  private long checkedLength;
  private Http2Stream reading;
  private int peerLast = Integer.MAX_VALUE;
  private boolean goneAway;
  private boolean refusing;
  private long heard;
  private boolean greeted;

  Incoming(Http2Connection connection, StreamTable streams, AbuseGuard guard) {
    this.connection = connection;
    this.streams = streams;
    this.guard = guard;
    this.decoder = new HeaderDecoder(connection.limits.headerBytes());
  }

  int growWindow(int to) {
    return window.grow(to);
  }

  PeerSettings peer() {
    return peer;
  }

  boolean goneAway() {
    return goneAway;
  }

  boolean leftOut(int stream) {
    return goneAway && stream > peerLast;
  }

  void refuseNew() {
    refusing = true;
  }

  /** Whether the first SETTINGS came. */
  boolean greeted() {
    return greeted;
  }

  long heard() {
    return heard;
  }

  // ---- data

  @Override
  public void preface() {
    connection.greet();
  }

  @Override
  public void data(int id, int length, int padding) throws ConnectionFault {
    heard++;
    if (!window.take(length)) {
      throw new ConnectionFault(
          Http2Error.FLOW_CONTROL_ERROR, "more data than the connection's window allows");
    }
    reading = null;
    Http2Stream stream = open(id, "DATA");
    if (stream == null) {
      free(length);
      return;
    }
    if (connection.limits.sharedWindow()) {
      stream.unread(length);
    } else {
      free(length);
    }
    if (stream.remoteEnded) {
      broken(stream, Http2Error.STREAM_CLOSED, "data after its end");
    } else if (!stream.headed) {
      broken(stream, Http2Error.PROTOCOL_ERROR, "data before any headers");
    } else if (!stream.receive.take(length)) {
      broken(stream, Http2Error.FLOW_CONTROL_ERROR, "more data than the stream's window allows");
    } else {
      reading = stream;
      stream.consumed(padding);
    }
  }

  /** Bytes of streams were read, or are of no use any more. */
  void free(int bytes) {
    int more = window.free(bytes);
    if (more > 0) {
      connection.sender().windowUpdate(0, more);
    }
  }

  @Override
  public void part(int id, ByteBuf in, int size, boolean ends) throws ConnectionFault {
    Http2Stream stream = reading;
    if (stream == null || stream.closed) {
      return;
    }
    if (size == 0 && !ends) {
      guard.idle();
      return;
    }
    guard.useful();
    if (!stream.countReceived(size, ends)) {
      broken(stream, Http2Error.PROTOCOL_ERROR, "another length than content-length says");
      return;
    }
    ByteBuf bytes = NOTHING;
    if (size > 0) {
      byte[] own = new byte[size];
      in.readBytes(own);
      bytes = Unpooled.wrappedBuffer(own);
    }
    stream.remoteEnded |= ends;
    stream.listener.onData(bytes, ends);
    if (ends) {
      connection.remoteEnded(stream);
    }
  }

  /** The open stream of a frame; null = the frame is to be ignored. */
  private Http2Stream open(int id, String type) throws ConnectionFault {
    Http2Stream stream = streams.get(id);
    if (stream != null) {
      return stream;
    }
    if (streams.isIdle(id)) {
      throw ConnectionFault.protocol(type + " on stream " + id + ", which was never opened");
    }
    if (!streams.wasReset(id)) {
      guard.reset();
      connection.sender().reset(id, Http2Error.STREAM_CLOSED.code());
      streams.rememberReset(id);
    }
    return null;
  }

  private void broken(Http2Stream stream, Http2Error code, String why) throws ConnectionFault {
    guard.reset();
    stream.listener.onBroken(why);
    connection.resetStream(stream, code);
  }

  // ---- headers

  @Override
  public void headers(int id, ByteBuf block, boolean ends) throws ConnectionFault {
    heard++;
    guard.useful();
    Http2Headers headers = null;
    String fault = null;
    boolean tooLarge = false;
    try {
      headers = decoder.decode(id, block);
    } catch (Http2Exception.StreamException e) {
      fault = String.valueOf(e.getMessage());
      tooLarge = e instanceof Http2Exception.HeaderListSizeException;
    } catch (Http2Exception e) {
      throw new ConnectionFault(e.error(), String.valueOf(e.getMessage()));
    }
    Http2Stream stream = streams.get(id);
    if (stream == null) {
      stream = begin(id);
      if (stream == null) {
        return;
      }
    }
    if (stream.remoteEnded) {
      broken(stream, Http2Error.STREAM_CLOSED, "headers after its end");
      return;
    }
    if (tooLarge && connection.server && !stream.headed) {
      guard.reset();
      stream.headers(TOO_LARGE, true);
      return;
    }
    if (fault == null) {
      fault = fault(stream, headers, ends);
    }
    if (fault != null) {
      broken(stream, Http2Error.PROTOCOL_ERROR, fault);
      return;
    }
    if (connection.server && !stream.headed) {
      stream.announced = checkedLength;
    }
    if (ends && !stream.countReceived(0, true)) {
      broken(stream, Http2Error.PROTOCOL_ERROR, "another length than content-length says");
      return;
    }
    stream.headed = true;
    stream.remoteEnded |= ends;
    stream.listener.onHeaders(headers, ends);
    if (ends) {
      connection.remoteEnded(stream);
    }
  }

  private String fault(Http2Stream stream, Http2Headers headers, boolean ends) {
    if (!connection.server) {
      return null;
    }
    if (stream.headed) {
      return ends ? MessageRules.trailersFault(headers) : "headers after headers, without an end";
    }
    if (headers == checked) {
      return null;
    }
    String fault = MessageRules.requestFault(headers);
    if (fault == null) {
      checked = headers;
      checkedLength = MessageRules.length(headers);
    }
    return fault;
  }

  /** A new stream of the peer; null = its headers are to be ignored. */
  private Http2Stream begin(int id) throws ConnectionFault {
    if (!streams.canBePeers(id)) {
      if (streams.isIdle(id)) {
        throw ConnectionFault.protocol("HEADERS on stream " + id + ", which is not the peer's");
      }
      if (streams.wasReset(id)) {
        return null;
      }
      throw new ConnectionFault(
          Http2Error.STREAM_CLOSED, "HEADERS on stream " + id + ", which is closed");
    }
    streams.seen(id, !refusing);
    if (refusing) {
      // The GOAWAY that crosses it says so; what follows on the stream is no fault.
      streams.rememberReset(id);
      return null;
    }
    if (streams.openedByPeer() >= connection.limits.streams()) {
      guard.reset();
      connection.sender().reset(id, Http2Error.REFUSED_STREAM.code());
      streams.rememberReset(id);
      return null;
    }
    Http2Stream stream =
        new Http2Stream(connection, id, false, connection.limits.streamWindow(), peer.window());
    streams.add(stream);
    stream.listener = connection.listener.onStream(stream);
    return stream;
  }

  @Override
  public void selfDependent(int id) throws ConnectionFault {
    Http2Stream stream = streams.get(id);
    if (stream == null) {
      throw ConnectionFault.protocol("stream " + id + " depends on itself");
    }
    broken(stream, Http2Error.PROTOCOL_ERROR, "depends on itself");
  }

  // ---- the rest

  @Override
  public void ignored() throws ConnectionFault {
    guard.idle();
  }

  @Override
  public void reset(int id, long code) throws ConnectionFault {
    heard++;
    if (streams.isIdle(id)) {
      throw ConnectionFault.protocol("RST_STREAM on stream " + id + ", which was never opened");
    }
    Http2Stream stream = streams.get(id);
    if (stream == null) {
      guard.idle();
      return;
    }
    if (connection.server) {
      guard.reset();
    }
    stream.listener.onReset(code);
    connection.closeStream(stream);
  }

  @Override
  public void setting(int id, long value) throws ConnectionFault {
    peer.set(id, value, connection, streams);
  }

  @Override
  public void settingsEnd() throws ConnectionFault {
    guard.idle();
    greeted = true;
    connection.sender().settingsAck();
    connection.sender().pump();
    connection.listener.onSettings();
  }

  @Override
  public void settingsAck() {
    // Nothing here waits for it: what is granted counts from the start.
  }

  @Override
  public void ping(long data, boolean ack) throws ConnectionFault {
    if (ack) {
      heard++;
      connection.listener.onPong();
      return;
    }
    guard.idle();
    connection.sender().ping(data, true);
  }

  @Override
  public void goAway(int lastStream, long code, String text) {
    goneAway = true;
    peerLast = Math.min(peerLast, lastStream);
    connection.listener.onGoAway(lastStream, code);
    for (Http2Stream stream : streams.all()) {
      if (stream.opened && stream.id > peerLast) {
        connection.closeStream(stream);
      }
    }
  }

  @Override
  public void windowUpdate(int id, int increment) throws ConnectionFault {
    guard.idle();
    if (id == 0) {
      if (increment == 0) {
        throw ConnectionFault.protocol("WINDOW_UPDATE of 0 bytes");
      }
      if (!connection.sender().connectionWindow(increment)) {
        throw new ConnectionFault(
            Http2Error.FLOW_CONTROL_ERROR, "the connection's window grew beyond 2147483647");
      }
      return;
    }
    if (streams.isIdle(id)) {
      throw ConnectionFault.protocol("WINDOW_UPDATE on stream " + id + ", which was never opened");
    }
    Http2Stream stream = streams.get(id);
    if (stream == null) {
      return;
    }
    if (increment == 0) {
      broken(stream, Http2Error.PROTOCOL_ERROR, "a WINDOW_UPDATE of 0 bytes");
    } else if (!connection.sender().streamWindow(stream, increment)) {
      broken(stream, Http2Error.FLOW_CONTROL_ERROR, "its window grew beyond 2147483647");
    } else {
      connection.sender().pump();
    }
  }
}
