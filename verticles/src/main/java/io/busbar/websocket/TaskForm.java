package io.busbar.websocket;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.Locale;

/**
 * In which form a call brings its task and wants its answer.
 *
 * @param boundary of a multipart body, "" = JSON
 * @param multipartAnswer the answer is multipart, else JSON
 */
record TaskForm(String boundary, boolean multipartAnswer) {
  private static final String JSON = "application/json";
  private static final String FORM = "multipart/form-data";
  private static final String MIXED = "multipart/mixed";
  private static final int NOT_ACCEPTABLE = 406;
  private static final int MAX_BOUNDARY = 70;

  /** Why a Juniper worker cannot take such a call; null = it can. */
  static Failure refuses(RequestHead head, WorkersOptions options) {
    String type = header(head, "content-type");
    String media = media(type);
    if (!media.equals(JSON) && !media.equals(FORM)) {
      return Failure.of(
          FailureCode.UNSUPPORTED_MEDIA,
          "content-type is '"
              + Failure.shorten(type, 100)
              + "', expected application/json or multipart/form-data");
    }
    if (media.equals(FORM) && boundary(type).isEmpty()) {
      return Failure.of(
          FailureCode.UNSUPPORTED_MEDIA,
          "content-type names no boundary of 1 to " + MAX_BOUNDARY + " characters");
    }
    String accept = header(head, "accept");
    if (!acceptsJson(accept) && !accept.contains(MIXED)) {
      return Failure.of(
              FailureCode.UNSUPPORTED_MEDIA,
              "accept is '"
                  + Failure.shorten(accept, 100)
                  + "', expected application/json or multipart/mixed")
          .withStatus(NOT_ACCEPTABLE);
    }
    return head.getContentLength() <= options.maxTask() ? null : tooLarge(options.maxTask());
  }

  static Failure tooLarge(int most) {
    return Failure.of(
        FailureCode.TOO_LARGE, "the body is larger than workers.max-task, " + most + " bytes");
  }

  /** Of a call that is not refused. */
  static TaskForm of(RequestHead head) {
    String type = header(head, "content-type");
    String accept = header(head, "accept");
    return new TaskForm(
        media(type).equals(FORM) ? boundary(type) : "",
        accept.contains(MIXED) && accept.indexOf(MIXED) < jsonAt(accept));
  }

  private static int jsonAt(String accept) {
    int at = accept.indexOf(JSON);
    return at < 0 ? Integer.MAX_VALUE : at;
  }

  private static boolean acceptsJson(String accept) {
    return accept.isEmpty()
        || accept.contains(JSON)
        || accept.contains("*/*")
        || accept.contains("application/*");
  }

  private static String media(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
  }

  private static String boundary(String type) {
    for (String parameter : type.split(";", -1)) {
      String trimmed = parameter.trim();
      if (trimmed.regionMatches(true, 0, "boundary=", 0, 9)) {
        String value = trimmed.substring(9);
        if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
          value = value.substring(1, value.length() - 1);
        }
        return value.length() <= MAX_BOUNDARY ? value : "";
      }
    }
    return "";
  }

  private static String header(RequestHead head, String name) {
    for (Header header : head.getHeadersList()) {
      if (header.getName().equalsIgnoreCase(name)) {
        return header.getValue();
      }
    }
    return "";
  }
}
