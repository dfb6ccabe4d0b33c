package io.busbar.controlplane;

import com.google.protobuf.UnknownFieldSet;
import io.busbar.controlplane.core.NodeState;
import io.busbar.gocart.wire.MembershipEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * gRPC's health service ({@code grpc.health.v1.Health}) on one lane: serving while this node is UP.
 * Its two messages have one field each, so that they are read and written by number.
 */
final class GrpcHealth {
  private static final ServiceName NAME = ServiceName.create("grpc.health.v1", "Health");
  private static final int MOST_WATCHES = 1000;
  private static final int SERVING = 1;
  private static final int NOT_SERVING = 2;
  private static final int SERVICE_UNKNOWN = 3;

  private final ControlPlaneNode node;
  private final Context context;

  /** Those that can be asked about, "" = the server as a whole. */
  private final Set<String> services;

  private final Set<Watch> watches = new HashSet<>();

  GrpcHealth(ControlPlaneNode node, Vertx vertx) {
    this.node = node;
    this.context = vertx.getOrCreateContext();
    this.services =
        node.options().laterLine()
            ? Set.of("", "messages.ControlPlane", "control_plane_messages.ControlPlane")
            : Set.of("", "messages.ControlPlane");
  }

  void bind(GrpcServer server) {
    server.callHandler(method("Check"), request -> request.handler(ask -> check(request, ask)));
    server.callHandler(method("Watch"), request -> request.handler(ask -> watch(request, ask)));
  }

  private ServiceMethod<UnknownFieldSet, UnknownFieldSet> method(String name) {
    return Fields.method(NAME, name, node);
  }

  private void check(
      GrpcServerRequest<UnknownFieldSet, UnknownFieldSet> request, UnknownFieldSet ask) {
    node.meters().request("Check");
    if (services.contains(Fields.text(ask, 1))) {
      request.response().end(Fields.number(1, status()));
    } else {
      request.response().status(GrpcStatus.NOT_FOUND).end();
    }
  }

  private void watch(
      GrpcServerRequest<UnknownFieldSet, UnknownFieldSet> request, UnknownFieldSet ask) {
    node.meters().request("Watch");
    if (watches.size() >= MOST_WATCHES) {
      request.response().status(GrpcStatus.RESOURCE_EXHAUSTED).end();
      return;
    }
    Watch watch = new Watch(request, services.contains(Fields.text(ask, 1)));
    watches.add(watch);
    watch.begin();
  }

  /** Ends the streams in order. */
  void end() {
    List.copyOf(watches).forEach(Watch::end);
  }

  private int status() {
    View view = node.view();
    return view != null && view.state() == NodeState.UP ? SERVING : NOT_SERVING;
  }

  /** Tells the state, and each change of it; whoever is slow gets the last one. */
  private final class Watch {
    private final GrpcServerRequest<UnknownFieldSet, UnknownFieldSet> request;
    private final boolean known;
    private final Consumer<MembershipEvent> listener = event -> context.runOnContext(v -> tell());
    private int told;
    private boolean over;

    Watch(GrpcServerRequest<UnknownFieldSet, UnknownFieldSet> request, boolean known) {
      this.request = request;
      this.known = known;
    }

    void begin() {
      request.response().exceptionHandler(cause -> stop());
      request.response().drainHandler(v -> tell());
      request.errorHandler(error -> stop());
      // Only the news that something changed counts; what it is now the view says.
      node.log().join(listener, "", 0);
      tell();
    }

    private void tell() {
      int now = known ? status() : SERVICE_UNKNOWN;
      if (!over && now != told && !request.response().writeQueueFull()) {
        told = now;
        request.response().write(Fields.number(1, now)).onFailure(cause -> stop());
      }
    }

    void end() {
      if (!over) {
        stop();
        request.response().end();
      }
    }

    private void stop() {
      over = true;
      node.log().leave(listener);
      watches.remove(this);
    }
  }
}
