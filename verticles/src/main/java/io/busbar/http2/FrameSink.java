package io.busbar.http2;

import io.netty.buffer.ByteBuf;

/**
 * What a {@link FrameReader} found; syntax has been checked, state has not. Buffers are only valid
 * during the call.
 */
interface FrameSink {
  /** The preface of a client is here. */
  void preface();

  /**
   * A DATA frame begins; its bytes follow as {@link #part}s.
   *
   * @param length of the whole payload with padding, all of which counts for flow control
   * @param padding of them that are no bytes of the stream
   */
  void data(int stream, int length, int padding) throws ConnectionFault;

  /**
   * The next {@code size} bytes of the DATA frame that began last, at the reader index.
   *
   * @param ends whether the stream's other side ended with them
   */
  void part(int stream, ByteBuf in, int size, boolean ends) throws ConnectionFault;

  /** A whole header block. */
  void headers(int stream, ByteBuf block, boolean ends) throws ConnectionFault;

  /** A stream depends on itself. */
  void selfDependent(int stream) throws ConnectionFault;

  /** A frame that changes nothing here: PRIORITY or an unknown type. */
  void ignored() throws ConnectionFault;

  void reset(int stream, long code) throws ConnectionFault;

  void setting(int id, long value) throws ConnectionFault;

  /** All of a SETTINGS frame was told. */
  void settingsEnd() throws ConnectionFault;

  void settingsAck();

  void ping(long data, boolean ack) throws ConnectionFault;

  void goAway(int lastStream, long code, String text);

  void windowUpdate(int stream, int increment) throws ConnectionFault;
}
