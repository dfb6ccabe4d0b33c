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
import io.busbar.grpc.ServerRequest;
import io.busbar.grpc.ServerStream;
import io.busbar.security.Access;
import io.busbar.security.Role;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Checks each request and hands it to its method. */
final class RunnerMethods {
  private static final String SERVICE = "/RunnerProtocol/";
  private static final String REQUEST_ID = "fn_request_id";
  private static final String POST = "POST";
  private static final Map<String, String> ALLOW = Map.of("allow", POST);
  private static final Map<String, String> ENCODING = Map.of("grpc-accept-encoding", "identity");

  private final RunnerLane lane;
  private final Access access;
  private final StatusMethods status;
  private final Hooks hooks;

  RunnerMethods(RunnerLane lane, Access access) {
    this.lane = lane;
    this.access = access;
    this.status = new StatusMethods(lane);
    this.hooks = new Hooks(lane);
  }

  /**
   * Answers or opens a call.
   *
   * @param slot the connection's
   */
  void handle(ServerRequest request, ConnectionSlot slot) {
    if (slot != null && slot.lastHead != null && slot.lastHead.headers() == request.headers()) {
      engage(request, slot, slot.lastHead);
    } else if (!POST.contentEquals(request.method())) {
      request.refuse(405, "method " + shown(request.method()) + ", expected POST", ALLOW);
    } else if (!GrpcHeaders.isGrpc(request.header("content-type"))) {
      String type = String.valueOf(request.header("content-type"));
      request.refuse(
          415,
          "content-type " + Failure.shorten(type, 100) + ", expected application/grpc",
          Map.of());
    } else {
      call(request, slot);
    }
  }

  private static String shown(CharSequence method) {
    return Failure.shorten(String.valueOf(method), 100);
  }

  private void call(ServerRequest request, ConnectionSlot slot) {
    GrpcFault fault = headerFault(request);
    String path = request.path();
    if (fault != null) {
      end(request, fault);
    } else if (path.equals(SERVICE + "Engage")) {
      engage(request, slot);
    } else if (path.equals(SERVICE + "Status")) {
      unary(request, slot, Empty.parser(), empty -> status.answer(Struct.getDefaultInstance()));
    } else if (path.equals(SERVICE + "Status2")) {
      unary(request, slot, Struct.parser(), status::answer);
    } else if (path.equals(SERVICE + "ConfigureRunner")) {
      unary(request, slot, ConfigMsg.parser(), hooks::configure);
    } else if (path.equals(SERVICE + "StreamLogs")) {
      logs(request, slot);
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

  private GrpcFault headerFault(ServerRequest request) {
    String encoding = request.header("grpc-encoding");
    if (encoding != null && !encoding.equals("identity")) {
      return new GrpcFault(
          GrpcStatus.UNIMPLEMENTED,
          "grpc-encoding " + Failure.shorten(encoding, 60) + ", expected identity");
    }
    String timeout = request.header("grpc-timeout");
    if (timeout != null && GrpcHeaders.timeoutMillis(timeout) < 0) {
      return new GrpcFault(
          GrpcStatus.INTERNAL, "malformed grpc-timeout: " + Failure.shorten(timeout, 60));
    }
    Failure denied = access == Access.OPEN ? null : access.check(key(request), Role.CALL);
    return denied == null ? null : RpcFaults.of(denied);
  }

  private static String key(ServerRequest request) {
    String bearer = request.header("authorization");
    if (bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return bearer.substring(7).trim();
    }
    return request.header("x-api-key");
  }

  /** Answers a call that is not opened at all. */
  private void end(ServerRequest request, GrpcFault fault) {
    lane.node.countFault();
    request.refuse(fault, fault.status() == GrpcStatus.UNIMPLEMENTED ? ENCODING : Map.of());
  }

  private void engage(ServerRequest request, ConnectionSlot slot) {
    String timeout = request.header("grpc-timeout");
    long millis = timeout == null ? 0 : GrpcHeaders.timeoutMillis(timeout);
    EngageHead head = new EngageHead(request.headers(), millis, metadata(request));
    if (slot != null && access == Access.OPEN) {
      // Where keys are asked for, each call is checked: a key may be taken back.
      slot.lastHead = head;
    }
    engage(request, slot, head);
  }

  private void engage(ServerRequest request, ConnectionSlot slot, EngageHead head) {
    if (!admit(request, slot)) {
      return;
    }
    long deadline = head.timeoutMillis() == 0 ? 0 : lane.lane.now() + head.timeoutMillis();
    EngageStream stream = new EngageStream(lane, slot, deadline, head.metadata());
    stream.started(open(request, stream));
  }

  /** Whether there is room for the stream; if not it was refused. */
  private boolean admit(ServerRequest request, ConnectionSlot slot) {
    RunnerOptions options = lane.options;
    if (slot != null
        && lane.waiting < options.maxWaiting()
        && lane.open() < options.maxCalls() + options.maxWaiting()) {
      return true;
    }
    lane.node.countRefused();
    request.refuseStream();
    return false;
  }

  private ServerStream open(ServerRequest request, ServerStream.Listener listener) {
    return request.open(lane.options.maxMessage(), lane.budget, listener);
  }

  private static Map<String, ByteString> metadata(ServerRequest request) {
    Map<String, ByteString> binary = GrpcHeaders.binary(request.headers());
    String requestId = request.header(REQUEST_ID);
    if (requestId == null) {
      return binary;
    }
    Map<String, ByteString> all = new LinkedHashMap<>(binary);
    all.put(REQUEST_ID, ByteString.copyFromUtf8(requestId));
    return all;
  }

  private <Q extends MessageLite> void unary(
      ServerRequest request,
      ConnectionSlot slot,
      Parser<Q> parser,
      Function<Q, Future<? extends MessageLite>> answer) {
    if (admit(request, slot)) {
      UnaryCall<Q> call = new UnaryCall<>(lane, parser, answer);
      call.started(open(request, call));
    }
  }

  private void logs(ServerRequest request, ConnectionSlot slot) {
    if (lane.options.logsHook().isEmpty()) {
      end(request, new GrpcFault(GrpcStatus.UNKNOWN, "runner not configured with logStreamer"));
    } else if (admit(request, slot)) {
      LogsStream stream = new LogsStream(lane, hooks.openLogs());
      stream.started(open(request, stream));
    }
  }
}
