package io.busbar.http2;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;

/** What must hold for the headers of a request, RFC 9113 section 8, beyond what decoding checks. */
final class MessageRules {
  private static final String LENGTH = "content-length";

  static String requestFault(Http2Headers headers) {
    int methods = 0;
    int schemes = 0;
    int paths = 0;
    int others = 0;
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      CharSequence name = header.getKey();
      if (name.length() == 0 || name.charAt(0) != ':') {
        continue;
      }
      switch (name.toString()) {
        case ":method" -> methods++;
        case ":scheme" -> schemes++;
        case ":path" -> paths += header.getValue().length() == 0 ? 0 : 1;
        case ":authority" -> {
          // May be left out.
        }
        default -> others++;
      }
    }
    if (methods != 1 || schemes != 1 || paths != 1 || others != 0) {
      return "a request with other pseudo-headers than one each of :method, :scheme, :path";
    }
    CharSequence length = headers.get(LENGTH);
    return length != null && number(length) < 0 ? "a content-length that is no number" : null;
  }

  static String trailersFault(Http2Headers headers) {
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      if (header.getKey().length() > 0 && header.getKey().charAt(0) == ':') {
        return "trailers with a pseudo-header";
      }
    }
    return null;
  }

  /** The announced length; -1 = none. */
  static long length(Http2Headers headers) {
    CharSequence length = headers.get(LENGTH);
    return length == null ? -1 : number(length);
  }

  private static long number(CharSequence digits) {
    if (digits.length() == 0 || digits.length() > 18) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private MessageRules() {}
}
