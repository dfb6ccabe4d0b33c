package io.busbar.http;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Waits until a node has left the cluster. On one lane. */
final class Leaving implements Members.Listener {
  private final Members members;
  private final NodeInfo node;
  private final Promise<Boolean> end = Promise.promise();

  private Leaving(Members members, NodeInfo node) {
    this.members = members;
    this.node = node;
  }

  /**
   * Completes with true when the node has left; with false when the time is over, or when this node
   * is asked to stop, or is the one that leaves: it cannot tell its own end.
   *
   * @param abandoned completes when nobody waits for the answer any more
   */
  static Future<Boolean> of(
      Lane lane, Members members, NodeInfo node, long millis, Future<?> abandoned) {
    if (node.getNodeId().equals(lane.endpoint().node())) {
      return Future.succeededFuture(false);
    }
    Leaving leaving = new Leaving(members, node);
    Lane.Timer limit = lane.timer(millis, () -> leaving.end.tryComplete(false));
    abandoned.onComplete(gone -> leaving.end.tryComplete(false));
    Members.Registration listening = members.listen(leaving);
    if (members.byId(node.getNodeId()) == null) {
      leaving.end.tryComplete(true);
    }
    return leaving
        .end
        .future()
        .onComplete(
            over -> {
              listening.close();
              limit.cancel();
            });
  }

  @Override
  public void changed(NodeInfo changed) {
    // This node's own stop must not wait for the other's.
    if (changed.getNodeId().equals(members.self().getNodeId()) && changed.getDraining()) {
      end.tryComplete(false);
    }
  }

  @Override
  public void left(NodeInfo gone) {
    if (gone.getNodeId().equals(node.getNodeId())) {
      end.tryComplete(true);
    }
  }
}
