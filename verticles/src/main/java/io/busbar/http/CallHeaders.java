package io.busbar.http;

import io.busbar.bus.v1.RequestHead;
import io.busbar.call.CallRequest;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;

/** Makes a call's request out of an HTTP request's headers. */
final class CallHeaders {
  private static final int MAX_KEY = 256;
  private static final int MAX_PRIORITY = 1_000_000;
  private static final long MAX_TIMEOUT_MILLIS = 7L * 86_400_000;

  private CallHeaders() {}

  /**
   * Reads the call's request.
   *
   * @throws FailureException naming the header that is wrong
   */
  static CallRequest read(FrontLane front, String pool, HttpServerRequest request) {
    MultiMap headers = request.headers();
    long timeout = timeout(headers.get(Headers.TIMEOUT));
    RequestHead.Builder head =
        RequestHead.newBuilder()
            .setOrigin("http")
            .setMethod(request.method().name())
            .setUri(request.uri())
            .setBaseUrl(baseUrl(request))
            .setDetached(detached(headers.get(Headers.DETACHED)))
            .setContentLength(Headers.parseLength(headers.get(Headers.CONTENT_LENGTH)));
    String clientId = headers.get(Headers.REQUEST_ID);
    if (clientId != null) {
      head.setClientId(Failure.shorten(clientId, MAX_KEY));
    }
    Headers.copyRequest(headers, head, front.options(), front.ownsAuthorization(request));
    return new CallRequest(
        pool,
        head.build(),
        timeout,
        timeout,
        priority(headers.get(Headers.PRIORITY)),
        key(Headers.TENANT, headers.get(Headers.TENANT)),
        key(Headers.AFFINITY, headers.get(Headers.AFFINITY)));
  }

  /** "" for a target that is a whole URL, as proxies get them, or a request without Host. */
  private static String baseUrl(HttpServerRequest request) {
    if (request.authority() == null || !request.uri().startsWith("/")) {
      return "";
    }
    return (request.isSSL() ? "https://" : "http://") + request.authority();
  }

  /** Milliseconds of {@link Headers#TIMEOUT}; 0 = not given. */
  static long timeout(String text) {
    if (text == null) {
      return 0;
    }
    long millis = millis(text);
    if (millis <= 0 || millis > MAX_TIMEOUT_MILLIS) {
      throw invalid(Headers.TIMEOUT, text, "a duration like 500ms, 30s or 5m, at most 7 days");
    }
    return millis;
  }

  /** {@code 500ms}, {@code 30s}, {@code 5m} or {@code 2h} in milliseconds; 0 = none of these. */
  static long millis(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    long number = Headers.parseLength(text.substring(0, Math.min(digits, 18)));
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1;
          case "s" -> 1000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 0;
        };
    return number <= 0 || digits > 12 ? 0 : number * unit;
  }

  private static boolean detached(String text) {
    if (text == null || text.equalsIgnoreCase("false")) {
      return false;
    }
    if (text.equalsIgnoreCase("true")) {
      return true;
    }
    throw invalid(Headers.DETACHED, text, "true or false");
  }

  private static int priority(String text) {
    if (text == null) {
      return 0;
    }
    long value = Headers.parseLength(text);
    if (value < 0 || value > MAX_PRIORITY) {
      throw invalid(Headers.PRIORITY, text, "a number from 0 to " + MAX_PRIORITY);
    }
    return (int) value;
  }

  private static String key(String name, String text) {
    if (text == null) {
      return "";
    }
    if (text.length() > MAX_KEY) {
      throw invalid(name, text, "at most " + MAX_KEY + " characters");
    }
    return text;
  }

  private static FailureException invalid(String name, String value, String expected) {
    return Failure.of(
            FailureCode.INVALID_REQUEST,
            "header " + name + " is '" + Failure.shorten(value, 40) + "', expected " + expected)
        .toException();
  }
}
