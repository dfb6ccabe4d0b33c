package io.busbar.runner;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Struct;
import io.busbar.failure.Failure;
import io.busbar.fn.wire.ConfigMsg;
import io.busbar.grpc.GrpcFault;
import io.busbar.grpc.GrpcHeaders;
import io.busbar.grpc.ServerStream;
import io.busbar.security.Access;
import io.busbar.security.Role;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Checks each request and hands it to its method. */
final class RunnerMethods implements Handler<HttpServerRequest> {
  private static final String SERVICE = "/RunnerProtocol/";
  private static final String REQUEST_ID = "fn_request_id";
  private static final long REFUSED_STREAM = 7;

  private final RunnerLane lane;
  private final RunnerConnections connections;
  private final Access access;
  private final StatusMethods status;
  private final Hooks hooks;

  RunnerMethods(RunnerLane lane, RunnerConnections connections, Access access) {
    this.lane = lane;
    this.connections = connections;
    this.access = access;
    this.status = new StatusMethods(lane);
    this.hooks = new Hooks(lane);
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      refuse(request, 505, "gRPC needs HTTP/2");
    } else if (request.method() != HttpMethod.POST) {
      request.response().putHeader("allow", "POST");
      refuse(request, 405, "method " + request.method() + ", expected POST");
    } else if (!GrpcHeaders.isGrpc(request.getHeader("content-type"))) {
      refuse(
          request,
          415,
          "content-type "
              + Failure.shorten(String.valueOf(request.getHeader("content-type")), 100)
              + ", expected application/grpc");
    } else {
      call(request);
    }
  }

  private static void refuse(HttpServerRequest request, int status, String text) {
    request.response().setStatusCode(status).putHeader("content-type", "text/plain").end(text);
  }

  private void call(HttpServerRequest request) {
    GrpcFault fault = headerFault(request.headers());
    String path = request.uri();
    if (fault != null) {
      end(request, fault);
    } else if (path.equals(SERVICE + "Engage")) {
      engage(request);
    } else if (path.equals(SERVICE + "Status")) {
      unary(request, Empty.parser(), empty -> status.answer(Struct.getDefaultInstance()));
    } else if (path.equals(SERVICE + "Status2")) {
      unary(request, Struct.parser(), status::answer);
    } else if (path.equals(SERVICE + "ConfigureRunner")) {
      unary(request, ConfigMsg.parser(), hooks::configure);
    } else if (path.equals(SERVICE + "StreamLogs")) {
      logs(request);
    } else {
      end(request, unknown(path));
    }
  }

  private static GrpcFault unknown(String path) {
    String shown = Failure.shorten(path, 200);
    return path.indexOf('/', 1) < 0
        ? new GrpcFault(GrpcStatus.RESOURCE_EXHAUSTED, "malformed method name: " + shown)
        : new GrpcFault(
            GrpcStatus.UNIMPLEMENTED,
            "unknown method " + shown + ", expected one of RunnerProtocol");
  }

  private GrpcFault headerFault(MultiMap headers) {
    String encoding = headers.get("grpc-encoding");
    if (encoding != null && !encoding.equals("identity")) {
      return new GrpcFault(
          GrpcStatus.UNIMPLEMENTED,
          "grpc-encoding " + Failure.shorten(encoding, 60) + ", expected identity");
    }
    String timeout = headers.get("grpc-timeout");
    if (timeout != null && GrpcHeaders.timeoutMillis(timeout) < 0) {
      return new GrpcFault(
          GrpcStatus.INTERNAL, "malformed grpc-timeout: " + Failure.shorten(timeout, 60));
    }
    Failure denied = access == Access.OPEN ? null : access.check(key(headers), Role.CALL);
    return denied == null ? null : RpcFaults.of(denied);
  }

  private static String key(MultiMap headers) {
    String bearer = headers.get("authorization");
    if (bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return bearer.substring(7).trim();
    }
    return headers.get("x-api-key");
  }

  /** Answers a call that is not opened at all. */
  private void end(HttpServerRequest request, GrpcFault fault) {
    lane.node.countFault();
    if (fault.status() == GrpcStatus.UNIMPLEMENTED) {
      request.response().putHeader("grpc-accept-encoding", "identity");
    }
    ServerStream.refuse(request, fault);
  }

  private void engage(HttpServerRequest request) {
    ConnectionSlot slot = admit(request);
    if (slot == null) {
      return;
    }
    String timeout = request.getHeader("grpc-timeout");
    long deadline = timeout == null ? 0 : lane.lane.now() + GrpcHeaders.timeoutMillis(timeout);
    EngageStream stream = new EngageStream(lane, slot, deadline, metadata(request.headers()));
    stream.started(open(request, slot, stream));
  }

  /** The request's connection; null = the stream was refused because there are too many. */
  private ConnectionSlot admit(HttpServerRequest request) {
    RunnerOptions options = lane.options;
    ConnectionSlot slot = connections.of(request.connection());
    if (slot != null
        && lane.waiting < options.maxWaiting()
        && lane.open() < options.maxCalls() + options.maxWaiting()) {
      return slot;
    }
    lane.node.countRefused();
    request.response().reset(REFUSED_STREAM);
    return null;
  }

  private ServerStream open(
      HttpServerRequest request, ConnectionSlot slot, ServerStream.Listener listener) {
    return ServerStream.open(request, slot.wire, lane.options.maxMessage(), lane.budget, listener);
  }

  private static Map<String, ByteString> metadata(MultiMap headers) {
    Map<String, ByteString> binary = GrpcHeaders.binary(headers);
    String requestId = headers.get(REQUEST_ID);
    if (requestId == null) {
      return binary;
    }
    Map<String, ByteString> all = new LinkedHashMap<>(binary);
    all.put(REQUEST_ID, ByteString.copyFromUtf8(requestId));
    return all;
  }

  private <Q extends MessageLite> void unary(
      HttpServerRequest request,
      Parser<Q> parser,
      Function<Q, Future<? extends MessageLite>> answer) {
    ConnectionSlot slot = admit(request);
    if (slot != null) {
      UnaryCall<Q> call = new UnaryCall<>(lane, parser, answer);
      call.started(open(request, slot, call));
    }
  }

  private void logs(HttpServerRequest request) {
    if (lane.options.logsHook().isEmpty()) {
      end(request, new GrpcFault(GrpcStatus.UNKNOWN, "runner not configured with logStreamer"));
      return;
    }
    ConnectionSlot slot = admit(request);
    if (slot != null) {
      LogsStream stream = new LogsStream(lane, hooks.openLogs());
      stream.started(open(request, slot, stream));
    }
  }
}
