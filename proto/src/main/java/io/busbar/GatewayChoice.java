package io.busbar;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Which gateway lane places the next call of this application: the ready ones in turn. Asked on any
 * lane, told of changes by the members.
 */
final class GatewayChoice implements Supplier<Endpoint>, Members.Listener {
  private final Members members;
  private final Promise<Void> ready = Promise.promise();
  private volatile List<Endpoint> lanes = List.of();
  private volatile int next;

  GatewayChoice(Members members) {
    this.members = members;
  }

  /** Completes when a gateway node takes calls for the first time. */
  Future<Void> ready() {
    return ready.future();
  }

  /** Null = none at present. */
  @Override
  public Endpoint get() {
    List<Endpoint> now = lanes;
    if (now.isEmpty()) {
      return null;
    }
    // A turn lost between lanes does no harm.
    int turn = next;
    next = turn + 1;
    return now.get(Math.floorMod(turn, now.size()));
  }

  @Override
  public void changed(NodeInfo node) {
    look();
  }

  @Override
  public void left(NodeInfo node) {
    look();
  }

  private void look() {
    List<Endpoint> now = new ArrayList<>();
    int most = members.nodes().stream().mapToInt(NodeInfo::getLanes).max().orElse(0);
    // Node by node for each lane number, so that neighbours in the list are on different nodes.
    for (int lane = 0; lane < most; lane++) {
      for (NodeInfo node : members.nodes()) {
        if (node.getGateway() && node.getReady() && !node.getDraining() && lane < node.getLanes()) {
          now.add(new Endpoint(node.getNodeId(), lane));
        }
      }
    }
    lanes = List.copyOf(now);
    if (!now.isEmpty()) {
      ready.tryComplete();
    }
  }
}
