package io.busbar.member;

import io.busbar.bus.Service;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;

/** Services that every node offers to the others. */
public final class NodeServices {
  /** On lane 0. The question is what the asking node says of itself, the answer likewise. */
  public static final Service<NodeInfo, NodeInfo> INFO =
      Service.of("node.info", NodeInfo.parser(), NodeInfo.parser());

  /** On every lane: answers at once, which proves that both inboxes are reachable. */
  public static final Service<Empty, Empty> ECHO =
      Service.of("node.echo", Empty.parser(), Empty.parser());

  /** On lane 0 of a gateway node: begins an orderly stop of the process; answered at once. */
  public static final Service<Empty, Empty> DRAIN =
      Service.of("node.drain", Empty.parser(), Empty.parser());

  private NodeServices() {}
}
