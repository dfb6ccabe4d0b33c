package io.busbar.member;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.Empty;
import io.vertx.core.Future;

/** Answers {@link NodeServices#ECHO} on its lane; one per lane of every node. */
public final class NodeEcho implements LaneMember {
  @Override
  public Future<?> start(Lane lane) {
    lane.serve(NodeServices.ECHO, question -> Future.succeededFuture(Empty.getDefaultInstance()));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return Future.succeededFuture();
  }
}
