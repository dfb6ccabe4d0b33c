package io.busbar.fnlb;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.call.Call;
import io.busbar.edge.Headers;
import io.busbar.edge.Surface;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * Answers as an Fn load balancer gives them, and beside them in headers what Busbar knows more.
 *
 * @param route label of meters
 * @param fnCallId the id that the function sees; "" = there is no call
 * @param trigger the answer is that of a trigger: the function says status and headers in headers
 *     of its own
 */
record FnAnswer(String route, String fnCallId, boolean trigger, boolean detached)
    implements Surface {
  static final String INVOKE_ROUTE = "/invoke/{fn_id}";
  static final String TRIGGER_ROUTE = "/t/{app}/{source}";

  /** For what is refused before there is a call. */
  static final FnAnswer REFUSAL = new FnAnswer("none", "", false, false);

  static final String CALL_ID = "Fn-Call-Id";
  static final String FAILURE = "busbar-failure";
  private static final String JSON = "application/json; charset=utf-8";
  private static final String STATUS = "fn-http-status";
  private static final String OWN_HEADER = "fn-http-h-";
  private static final long DEFAULT_RETRY_SECONDS = 15;

  @Override
  public void mark(HttpServerResponse response, Call call, String worker, int attempts) {
    response.putHeader(CALL_ID, fnCallId);
    response.putHeader(Headers.CALL_ID, call.id().toString());
    if (!worker.isEmpty()) {
      response.putHeader(Headers.WORKER, worker);
    }
    if (attempts > 0) {
      response.putHeader(Headers.ATTEMPTS, Integer.toString(attempts));
    }
    response.putHeader(Headers.WAIT, Long.toString(call.waitedMillis()));
  }

  @Override
  public Failure head(ResponseHead from, HttpServerResponse to) {
    ResponseHead head = trigger ? renamed(from) : from;
    return Surface.super.head(head, to);
  }

  /** Only what the function meant for the HTTP client, under the names it meant. */
  private static ResponseHead renamed(ResponseHead from) {
    ResponseHead.Builder head =
        ResponseHead.newBuilder().setStatus(from.getStatus() >= 400 ? from.getStatus() : 200);
    for (Header header : from.getHeadersList()) {
      String name = header.getName().toLowerCase(Locale.ROOT);
      if (name.equals(STATUS)) {
        long status = Headers.parseLength(header.getValue());
        head.setStatus(status < 0 || status > 999 ? 0 : (int) status);
      } else if (name.equals(Headers.CONTENT_TYPE) || name.equals(Headers.CONTENT_LENGTH)) {
        head.addHeaders(header);
      } else if (name.startsWith(OWN_HEADER)
          && !name.equals(OWN_HEADER + Headers.CONTENT_LENGTH)
          && name.length() > OWN_HEADER.length()) {
        head.addHeaders(header.toBuilder().setName(name.substring(OWN_HEADER.length())));
      }
    }
    return head.build();
  }

  @Override
  public Buffer failure(
      HttpServerResponse response,
      Failure failure,
      long retryAfterMillis,
      Call call,
      String path,
      String node) {
    FnOutcome outcome = FnOutcome.of(failure, detached);
    response.setStatusCode(outcome.status());
    response.putHeader(Headers.CONTENT_TYPE, JSON);
    response.putHeader(FAILURE, failure.code().wireName());
    if (outcome.retryAfter()) {
      long seconds = retryAfterMillis > 0 ? (retryAfterMillis + 999) / 1000 : DEFAULT_RETRY_SECONDS;
      response.putHeader("retry-after", Long.toString(seconds));
    }
    if (outcome.status() == 405) {
      response.putHeader("allow", path.startsWith("/invoke/") ? "POST" : "GET");
    }
    if (outcome.status() == 401) {
      response.putHeader("www-authenticate", "Bearer");
    }
    return message(outcome.message());
  }

  static Buffer message(String text) {
    return new JsonObject().put("message", text).toBuffer().appendByte((byte) '\n');
  }

  @Override
  public Future<Void> acceptable(Call call) {
    return call.committed();
  }

  @Override
  public Buffer accepted(HttpServerResponse response, Call call) {
    response.setStatusCode(202);
    return Buffer.buffer();
  }
}
