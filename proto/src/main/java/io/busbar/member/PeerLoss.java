package io.busbar.member;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.NodeInfo;
import io.vertx.core.Future;

/** Tells a lane which nodes left. */
public final class PeerLoss implements LaneMember {
  private final Members members;
  private Members.Registration registration;

  public PeerLoss(Members members) {
    this.members = members;
  }

  @Override
  public Future<?> start(Lane lane) {
    registration =
        members.listen(
            new Members.Listener() {
              @Override
              public void changed(NodeInfo node) {
                // Only losses matter here.
              }

              @Override
              public void left(NodeInfo node) {
                lane.peerLeft(node.getNodeId());
              }
            });
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    registration.close();
    return Future.succeededFuture();
  }
}
