package io.busbar.edge;

import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;

/** Ends an exchange so that the client gets to read the answer, however much it still sends. */
public final class Answer {
  private static final String CLOSE = "close";

  private Answer() {}

  /** Refuses a request before anything was done for it. */
  public static void refuse(FrontLane front, HttpServerRequest request, Failure failure) {
    refuse(front, front.surface(), request, failure);
  }

  /** The same in the words of one kind of request. */
  public static void refuse(
      FrontLane front, Surface surface, HttpServerRequest request, Failure failure) {
    if (request.response().ended() || request.response().closed()) {
      return;
    }
    if (!request.isEnded()) {
      request.handler(dropped -> {});
    }
    // One turn later: what came together with the head has then been read, and a small body does
    // not cost its connection.
    front
        .context()
        .runOnContext(
            v -> {
              HttpServerResponse response = request.response();
              if (!response.ended() && !response.closed() && !response.headWritten()) {
                end(
                    front,
                    request,
                    surface.failure(
                        response,
                        failure,
                        0,
                        null,
                        Failure.shorten(path(request), 200),
                        front.node()));
              }
            });
  }

  /** Answers what the parser could not read; the rest of the connection cannot be read either. */
  static void malformed(FrontLane front, HttpServerRequest request, Failure failure) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Buffer body = front.surface().failure(response, failure, 0, null, "/", front.node());
    if (request.version() != HttpVersion.HTTP_2) {
      response.putHeader(Headers.CONNECTION, CLOSE);
    }
    response.end(body).onComplete(v -> request.connection().close());
  }

  /**
   * Ends the response. When the request's body was not read to its end it is read and dropped,
   * within limits: closing at once would make the client's system throw the answer away.
   *
   * @param body null = nothing more
   */
  public static Future<Void> end(FrontLane front, HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    boolean unread = !request.isEnded() && mayHaveBody(request);
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    if (!response.headWritten() && unread && !http2) {
      response.putHeader(Headers.CONNECTION, CLOSE);
    }
    announceClose(front, request);
    boolean close =
        request.version() == HttpVersion.HTTP_1_0
            || (!http2 && CLOSE.equals(response.headers().get(Headers.CONNECTION)));
    if (body != null && HttpMethod.HEAD.equals(request.method())) {
      response.putHeader(Headers.CONTENT_LENGTH, Integer.toString(body.length()));
      body = null;
    }
    Future<Void> written = body == null ? response.end() : response.end(body);
    if (unread && http2) {
      // Not before the answer is out: a reset drops what still waits for a window.
      written.onSuccess(v -> Linger.start(front, request, false));
    } else if (unread) {
      Linger.start(front, request, close);
    } else if (close) {
      written.onComplete(v -> request.connection().close());
    }
    return written;
  }

  /** Says with the head that the connection ends with this answer, if it does. */
  static void announceClose(FrontLane front, HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2
        && !request.response().headWritten()
        && (front.draining()
            || request.version() == HttpVersion.HTTP_1_0
            || asksToCloseAmongOthers(request))) {
      request.response().putHeader(Headers.CONNECTION, CLOSE);
    }
  }

  /** The server sees a plain "close" itself, but not one in a list. */
  private static boolean asksToCloseAmongOthers(HttpServerRequest request) {
    String connection = request.headers().get(Headers.CONNECTION);
    return connection != null
        && connection.indexOf(',') >= 0
        && connection.toLowerCase(Locale.ROOT).contains(CLOSE);
  }

  private static boolean mayHaveBody(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return !HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method());
    }
    String length = request.headers().get(Headers.CONTENT_LENGTH);
    return length != null ? !length.equals("0") : request.headers().contains("transfer-encoding");
  }

  /** The raw path of the target, without an authority. */
  public static String path(HttpServerRequest request) {
    String target = request.uri();
    int start = pathStart(target);
    int query = target.indexOf('?', Math.max(0, start));
    return target.substring(Math.max(0, start), query < 0 ? target.length() : query);
  }

  /** Where the path starts, after the authority of an absolute-form target; -1 = none. */
  public static int pathStart(String target) {
    if (target.startsWith("/")) {
      return 0;
    }
    int scheme = target.indexOf("://");
    return scheme < 0 ? -1 : target.indexOf('/', scheme + 3);
  }
}
