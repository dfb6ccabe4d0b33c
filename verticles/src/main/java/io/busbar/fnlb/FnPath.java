package io.busbar.fnlb;

import io.busbar.edge.Answer;
import io.busbar.edge.TargetCheck;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * What a request's target asks for.
 *
 * @param name id of a function, or name of an app
 * @param source of a trigger, starts with a slash; "" else
 */
record FnPath(Kind kind, String name, String source) {
  enum Kind {
    PING,
    VERSION,
    INVOKE,
    TRIGGER
  }

  private static final String INVOKE = "/invoke/";
  private static final String TRIGGER = "/t/";
  private static final int LONGEST_NAME = 255;

  /**
   * Reads a target.
   *
   * @throws FailureException naming what is wrong with target or method
   */
  static FnPath of(HttpServerRequest request) {
    String path = Answer.path(request);
    boolean slash = path.length() > 1 && path.endsWith("/");
    Failure refused = TargetCheck.refuses(slash ? path.substring(0, path.length() - 1) : path);
    if (refused != null) {
      throw refused.toException();
    }
    if (path.startsWith(INVOKE)) {
      method(request, HttpMethod.POST);
      return new FnPath(Kind.INVOKE, name("function id", path.substring(INVOKE.length())), "");
    }
    if (path.startsWith(TRIGGER)) {
      int end = path.indexOf('/', TRIGGER.length());
      String app = path.substring(TRIGGER.length(), end < 0 ? path.length() : end);
      return new FnPath(Kind.TRIGGER, name("app", app), end < 0 ? "/" : path.substring(end));
    }
    if (path.equals("/") || path.equals("/version")) {
      method(request, HttpMethod.GET);
      return new FnPath(path.equals("/") ? Kind.PING : Kind.VERSION, "", "");
    }
    throw Failure.of(
            FailureCode.NOT_FOUND,
            "no route for '"
                + Failure.shorten(path, 80)
                + "', expected /invoke/{fn_id} or /t/{app}/{source}")
        .toException();
  }

  private static void method(HttpServerRequest request, HttpMethod expected) {
    if (!expected.equals(request.method())) {
      throw Failure.of(
              FailureCode.METHOD_NOT_ALLOWED,
              "the method is "
                  + Failure.shorten(request.method().name(), 20)
                  + ", expected "
                  + expected.name())
          .toException();
    }
  }

  private static String name(String what, String value) {
    boolean plain = !value.isEmpty() && value.length() <= LONGEST_NAME;
    for (int i = 0; plain && i < value.length(); i++) {
      char c = value.charAt(i);
      plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || c == '.'
              || c == '~';
    }
    if (!plain) {
      throw Failure.of(
              FailureCode.INVALID_REQUEST,
              "the "
                  + what
                  + " in the path is '"
                  + Failure.shorten(value, 40)
                  + "', expected letters, digits, '-', '_', '.' and '~', at most "
                  + LONGEST_NAME)
          .toException();
    }
    return value;
  }
}
