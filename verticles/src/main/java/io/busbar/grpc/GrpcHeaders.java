package io.busbar.grpc;

import com.google.protobuf.ByteString;
import io.busbar.failure.Failure;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads the request headers of a gRPC call. */
public final class GrpcHeaders {
  private static final String TYPE = "application/grpc";
  private static final String BINARY = "-bin";
  private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  private static final int LONGEST_SHOWN = 60;

  /** Whether this content type announces gRPC with protobuf messages. */
  public static boolean isGrpc(String contentType) {
    if (contentType == null) {
      return false;
    }
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).trim();
    return type.equalsIgnoreCase(TYPE) || type.equalsIgnoreCase(TYPE + "+proto");
  }

  /**
   * Reads a {@code grpc-timeout}: at most eight digits and one of H M S m u n.
   *
   * @return milliseconds, at least 1; -1 = malformed
   */
  public static long timeoutMillis(String value) {
    int digits = value.length() - 1;
    if (digits < 1 || digits > 8) {
      return -1;
    }
    long amount = 0;
    for (int i = 0; i < digits; i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      amount = amount * 10 + (c - '0');
    }
    long millis =
        switch (value.charAt(digits)) {
          case 'H' -> amount * 3_600_000;
          case 'M' -> amount * 60_000;
          case 'S' -> amount * 1000;
          case 'm' -> amount;
          case 'u' -> amount / 1000;
          case 'n' -> amount / 1_000_000;
          default -> -1;
        };
    return millis < 0 ? -1 : Math.max(1, millis);
  }

  /**
   * The binary metadata of a call, decoded; of names that repeat, the first. A value that is not
   * base64 is left out, as Fn does with a broken trace context.
   */
  public static Map<String, ByteString> binary(MultiMap headers) {
    Map<String, ByteString> found = Map.of();
    for (Map.Entry<String, String> header : headers) {
      found = with(found, header.getKey(), header.getValue());
    }
    return found;
  }

  /** The same of headers that a codec read. */
  public static Map<String, ByteString> binary(Http2Headers headers) {
    Map<String, ByteString> found = Map.of();
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      found = with(found, header.getKey(), header.getValue());
    }
    return found;
  }

  private static Map<String, ByteString> with(
      Map<String, ByteString> found, CharSequence name, CharSequence value) {
    int length = name.length();
    if (length <= BINARY.length()
        || !AsciiString.contentEquals(BINARY, name.subSequence(length - BINARY.length(), length))) {
      return found;
    }
    byte[] decoded = decode(value.toString());
    if (decoded == null) {
      return found;
    }
    Map<String, ByteString> more = found.isEmpty() ? new LinkedHashMap<>() : found;
    more.putIfAbsent(name.toString().toLowerCase(Locale.ROOT), ByteString.copyFrom(decoded));
    return more;
  }

  /** Whether these are headers before the answer's own, of an HTTP status like 100. */
  static boolean isInformational(Http2Headers headers) {
    CharSequence status = headers.status();
    return status != null && status.length() == 3 && status.charAt(0) == '1';
  }

  /** Why these are not the first headers of an answer to a gRPC call; null = they are. */
  static String answerFault(Http2Headers headers) {
    CharSequence status = headers.status();
    if (status == null) {
      return "headers without :status";
    }
    if (!AsciiString.contentEquals(status, "200")) {
      return "HTTP status " + shown(status) + ", expected 200";
    }
    CharSequence type = headers.get(CONTENT_TYPE);
    if (type != null && AsciiString.contentEquals(type, TYPE)) {
      return null;
    }
    if (!isGrpc(type == null ? null : type.toString())) {
      return "content-type " + (type == null ? "is missing" : shown(type)) + ", expected " + TYPE;
    }
    return null;
  }

  /** A value from outside, for people. */
  static String shown(CharSequence value) {
    return Failure.shorten(value.toString(), LONGEST_SHOWN);
  }

  /** A decimal number of at most nine digits; -1 = it is none. */
  static int number(CharSequence value) {
    if (value.length() == 0 || value.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  /** Binary metadata as it stands in a header: base64 without padding. */
  public static String encodeBinary(ByteString value) {
    return Base64.getEncoder().withoutPadding().encodeToString(value.toByteArray());
  }

  /** A {@code grpc-timeout}: at most eight digits, in the finest unit that holds it. */
  public static String timeout(long millis) {
    long positive = Math.max(1, millis);
    if (positive <= 99_999_999) {
      return positive + "m";
    }
    return Math.min(99_999_999, positive / 1000) + "S";
  }

  private static byte[] decode(String value) {
    try {
      return Base64.getDecoder().decode(value.strip());
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private GrpcHeaders() {}
}
