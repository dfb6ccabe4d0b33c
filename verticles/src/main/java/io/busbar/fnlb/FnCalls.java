package io.busbar.fnlb;

import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.call.CallRequest;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.fn.wire.CallFunction;
import io.busbar.routing.CallFacts;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes calls out of requests, the way an Fn load balancer does. Belongs to one lane. */
final class FnCalls {
  private static final String INVOKE_TYPE = "fn-invoke-type";
  private static final int TIME_SHIFT = 16;

  private final FrontLane front;
  private final Routes routes;
  private final Function<String, PoolAffinity> affinity;
  private final Map<String, String> extensions;
  private final long ofLane;
  private long counter;

  FnCalls(
      Lane lane,
      FrontLane front,
      Routes routes,
      Function<String, PoolAffinity> affinity,
      Map<String, String> extensions) {
    this.front = front;
    this.routes = routes;
    this.affinity = affinity;
    this.extensions = extensions;
    long incarnation = lane.node().incarnation();
    this.ofLane =
        ((long) (Long.hashCode(incarnation) & 0xff_ffff) << 40)
            | ((long) (lane.endpoint().lane() & 0xff) << 32);
  }

  /**
   * A call in the making.
   *
   * @param answer how its answer looks
   */
  record Made(CallRequest request, FnAnswer answer) {}

  Made make(HttpServerRequest request, FnPath path, FnFunction function) {
    boolean trigger = path.kind() == FnPath.Kind.TRIGGER;
    boolean detached = "detached".equalsIgnoreCase(request.headers().get(INVOKE_TYPE));
    boolean dropKey = front.ownsAuthorization(request);
    long now = System.currentTimeMillis();
    String id = nextId(now);
    String url = url(request);
    List<Header> headers =
        trigger
            ? FnHeaders.ofTrigger(request, url, dropKey)
            : FnHeaders.ofInvocation(request, dropKey);
    CallFunction what = function.facts();
    String method = request.method().name();
    CallFacts facts =
        new CallFacts(
            id,
            what.image(),
            detached ? CallFacts.DETACHED : "sync",
            method,
            url,
            what.timeoutSeconds(),
            what.fnId(),
            what.appId(),
            what.appName(),
            headers,
            function.annotations());
    String pool = routes.poolOf(facts, extensions);
    RequestHead head =
        RequestHead.newBuilder()
            .setOrigin("fn")
            .setMethod(method)
            .setUri(url)
            .addAllHeaders(headers)
            .setOriginal(
                UnsafeByteOperations.unsafeWrap(
                    function.json().write(id, detached, method, url, headers, now)))
            .putAllExtensions(extensions)
            .setClientId(id)
            .setDetached(detached)
            .setContentLength(Headers.parseLength(request.headers().get(Headers.CONTENT_LENGTH)))
            .setFnId(what.fnId())
            .setAppId(what.appId())
            .build();
    String key = affinity.apply(pool).keyOf(facts, "");
    return new Made(
        new CallRequest(pool, head, 0, what.timeoutSeconds() * 1000L, 0, "", key),
        new FnAnswer(
            trigger ? FnAnswer.TRIGGER_ROUTE : FnAnswer.INVOKE_ROUTE, id, trigger, detached));
  }

  /** 26 characters, in the order of time; unique by node, lane and count. */
  private String nextId(long now) {
    counter++;
    return new CallId(
            (now << TIME_SHIFT) | (ofLane >>> 48),
            (ofLane << TIME_SHIFT) | (counter & 0xffff_ffff_ffffL))
        .toString();
  }

  private static String url(HttpServerRequest request) {
    String target = request.uri();
    if (!target.startsWith("/")) {
      return target;
    }
    String host = request.authority() == null ? "" : request.authority().toString();
    return (request.isSSL() ? "https://" : "http://") + host + target;
  }
}
