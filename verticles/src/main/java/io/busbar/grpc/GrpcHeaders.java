package io.busbar.grpc;

import com.google.protobuf.ByteString;
import io.vertx.core.MultiMap;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads the request headers of a gRPC call. */
public final class GrpcHeaders {
  private static final String TYPE = "application/grpc";
  private static final String BINARY = "-bin";

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
      String name = header.getKey();
      if (name.length() <= BINARY.length() || !name.endsWith(BINARY)) {
        continue;
      }
      byte[] value = decode(header.getValue());
      if (value != null) {
        if (found.isEmpty()) {
          found = new LinkedHashMap<>();
        }
        found.putIfAbsent(name.toLowerCase(Locale.ROOT), ByteString.copyFrom(value));
      }
    }
    return found;
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
