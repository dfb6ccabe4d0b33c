package io.busbar.http2;

import io.netty.handler.codec.http2.Http2Error;

/** The peer broke a rule in a way that ends the connection (RFC 9113, section 5.4.1). */
final class ConnectionFault extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Http2Error code;

  ConnectionFault(Http2Error code, String text) {
    super(text, null, false, false);
    this.code = code;
  }

  static ConnectionFault protocol(String text) {
    return new ConnectionFault(Http2Error.PROTOCOL_ERROR, text);
  }

  static ConnectionFault size(String text) {
    return new ConnectionFault(Http2Error.FRAME_SIZE_ERROR, text);
  }

  static ConnectionFault calm(String text) {
    return new ConnectionFault(Http2Error.ENHANCE_YOUR_CALM, text);
  }

  Http2Error code() {
    return code;
  }
}
