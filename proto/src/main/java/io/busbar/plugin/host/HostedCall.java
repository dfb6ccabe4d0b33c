package io.busbar.plugin.host;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.PluginCall;
import io.busbar.worker.HeaderRules;
import io.busbar.worker.ServedCall;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.Pipe;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A call in a plugin's hands: checks what the plugin says before it reaches the bus, and ends the
 * call exactly once. All on the instance's context, except {@link #isEnded()}.
 */
final class HostedCall implements PluginCall {
  private final ServedCall served;
  private final Context context;
  private final Runnable onOver;
  private final Consumer<Throwable> onBug;
  private final List<Header> headers = new ArrayList<>();
  private final List<Header> trailers = new ArrayList<>();
  private final RequestBody request;
  private final ResponseBody response;

  private MultiMap requestHeaders;
  private int status = 200;
  private int headerBytes;
  private boolean headSent;
  private volatile boolean over;
  private Failure reason;
  private Handler<Failure> cancelHandler;
  private Pipe<Buffer> sending;

  /**
   * @param onOver run once when the call is over, whoever ended it
   * @param onBug told what the plugin threw while the call was not over
   */
  HostedCall(ServedCall served, Context context, Runnable onOver, Consumer<Throwable> onBug) {
    this.served = served;
    this.context = context;
    this.onOver = onOver;
    this.onBug = onBug;
    this.request = new RequestBody(this, served.request());
    this.response = new ResponseBody(this, served.response());
    served.cancelHandler(this::cancelled);
  }

  @Override
  public String id() {
    return served.offer().id().toString();
  }

  private RequestHead head() {
    return served.offer().head();
  }

  @Override
  public String method() {
    return head().getMethod();
  }

  @Override
  public String uri() {
    return head().getUri();
  }

  @Override
  public MultiMap headers() {
    if (requestHeaders == null) {
      requestHeaders = MultiMap.caseInsensitiveMultiMap();
      for (Header header : head().getHeadersList()) {
        requestHeaders.add(header.getName(), header.getValue());
      }
    }
    return requestHeaders;
  }

  @Override
  public Buffer original() {
    return BufferInternal.buffer(
        io.netty.buffer.Unpooled.wrappedBuffer(head().getOriginal().asReadOnlyByteBuffer()));
  }

  @Override
  public Map<String, String> extensions() {
    return head().getExtensionsMap();
  }

  @Override
  public long remainingMillis() {
    return served.remainingMillis();
  }

  @Override
  public ReadStream<Buffer> request() {
    return request;
  }

  @Override
  public Future<Buffer> body(int limit) {
    return request.collect(limit, head().getContentLength());
  }

  @Override
  public PluginCall status(int code) {
    if (!isEnded()) {
      mustBeOpen("status");
      if (code < 200 || code > 599) {
        fail(Failure.of(FailureCode.WORKER_FAILED, "status " + code + ", expected 200 to 599"));
      }
      status = code;
    }
    return this;
  }

  @Override
  public PluginCall header(String name, String value) {
    if (!isEnded()) {
      mustBeOpen("header");
      add(headers, name, value);
    }
    return this;
  }

  @Override
  public PluginCall trailer(String name, String value) {
    if (!isEnded()) {
      add(trailers, name, value);
    }
    return this;
  }

  private void mustBeOpen(String what) {
    if (headSent) {
      throw new IllegalStateException(what + " after the first byte of the body");
    }
  }

  private void add(List<Header> to, String name, String value) {
    String fault = HeaderRules.fault(name, value);
    if (fault == null) {
      Header header = Header.newBuilder().setName(name).setValue(value).build();
      headerBytes += HeaderRules.size(header);
      if (to.size() >= HeaderRules.MAX_COUNT) {
        fault = "more than " + HeaderRules.MAX_COUNT + " headers, at '" + name + "'";
      } else if (headerBytes > HeaderRules.MAX_BYTES) {
        fault = "more than " + HeaderRules.MAX_BYTES + " bytes of headers, at '" + name + "'";
      } else {
        to.add(header);
      }
    }
    if (fault != null) {
      fail(Failure.of(FailureCode.WORKER_FAILED, fault));
    }
  }

  @Override
  public WriteStream<Buffer> response() {
    return response;
  }

  @Override
  public Future<Void> send(ReadStream<Buffer> body) {
    if (isEnded()) {
      return dropped();
    }
    sending = body.pipe().endOnFailure(false).endOnSuccess(false);
    return sending
        .to(response)
        .transform(
            sent -> {
              sending = null;
              if (sent.succeeded()) {
                return end();
              }
              fail(WorkerFailures.of(sent.cause()));
              return Future.failedFuture(sent.cause());
            });
  }

  /** Sends the head if it was not sent yet. */
  void sendHead() {
    if (!headSent) {
      headSent = true;
      served.respond(ResponseHead.newBuilder().setStatus(status).addAllHeaders(headers).build());
    }
  }

  @Override
  public Future<Void> end(Buffer body) {
    if (isEnded()) {
      return dropped();
    }
    if (body.length() > 0) {
      response.write(body);
    }
    return end();
  }

  @Override
  public Future<Void> end() {
    if (isEnded()) {
      return dropped();
    }
    Failure broken = request.failure();
    if (broken != null) {
      // A pipe ends its target also when its source broke; the answer is not whole.
      fail(broken);
      return dropped();
    }
    sendHead();
    over = true;
    Future<Void> received = Future.succeededFuture();
    if (trailers.isEmpty()) {
      received = served.response().end();
    } else {
      served.end(Outcome.newBuilder().addAllTrailers(trailers).build());
    }
    onOver.run();
    return received;
  }

  @Override
  public void fail(Failure failure) {
    if (!isEnded()) {
      over = true;
      reason = failure;
      served.fail(failure);
      finish();
    }
  }

  /** The plugin's code threw, in whatever it was called for. */
  void threw(Throwable cause) {
    // Once it is over a call fails often just because it is; that tells nothing of the plugin.
    if (!isEnded() && WorkerFailures.isBug(cause)) {
      onBug.accept(cause);
    }
    fail(WorkerFailures.of(cause));
  }

  private void cancelled(Failure failure) {
    if (over) {
      return;
    }
    over = true;
    reason = failure;
    finish();
    Handler<Failure> handler = cancelHandler;
    if (handler != null) {
      try {
        handler.handle(failure);
      } catch (RuntimeException e) {
        WorkerFailures.logIgnored("cancel handler", id(), e);
      }
    }
  }

  private void finish() {
    request.fail(reason);
    Pipe<Buffer> pipe = sending;
    if (pipe != null) {
      pipe.close();
    }
    onOver.run();
  }

  @Override
  public PluginCall cancelHandler(Handler<Failure> handler) {
    cancelHandler = handler;
    if (over && reason != null && handler != null) {
      context.runOnContext(v -> handler.handle(reason));
    }
    return this;
  }

  @Override
  public boolean isEnded() {
    return over || served.ended();
  }

  /** What a write gets after the end. */
  Future<Void> dropped() {
    Failure why = reason;
    return Future.failedFuture(
        (why != null ? why : Failure.of(FailureCode.CANCELLED, "the call is over")).toException());
  }
}
