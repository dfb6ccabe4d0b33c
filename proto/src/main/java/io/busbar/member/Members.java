package io.busbar.member;

import io.busbar.bus.v1.NodeInfo;
import java.util.Collection;
import java.util.function.UnaryOperator;

/**
 * The nodes of the cluster as this node sees them: Hazelcast says who is there, the nodes
 * themselves say what they are. One object per node; reads are snapshots and may be made from any
 * thread.
 */
public interface Members {
  /** This node. */
  NodeInfo self();

  /** All nodes that are there and have said what they are, this one included. */
  Collection<NodeInfo> nodes();

  /** By Vert.x node id, null = not there. */
  NodeInfo byId(String nodeId);

  /** By incarnation, null = not there. */
  NodeInfo byIncarnation(long incarnation);

  /** By name, null = not there. */
  NodeInfo byName(String name);

  /**
   * Whether a node with that incarnation was here and is gone. Bounded memory of the recent ones.
   */
  boolean wasHere(long incarnation);

  /** Changes what this node says of itself, and tells the others. Any thread. */
  void update(UnaryOperator<NodeInfo> change);

  /**
   * Calls the listener on the context this method is called from, for each node there now and each
   * change.
   */
  Registration listen(Listener listener);

  /** Ends a listener. */
  @FunctionalInterface
  interface Registration {
    void close();
  }

  /** What can happen to a node. */
  interface Listener {
    /** Joined, or said something new of itself. */
    void changed(NodeInfo node);

    /** Left, was lost, or was replaced by a new start. */
    void left(NodeInfo node);
  }
}
