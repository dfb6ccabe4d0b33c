package io.busbar.member;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;

/**
 * Whether this process may be a member of the cluster that it joined. All members see each other in
 * the same order, that of joining, so of two that exclude each other both come to the same verdict:
 * the later one goes.
 */
final class JoinCheck {
  private JoinCheck() {}

  /** One line saying why this member must go and what to do, null = it may stay. */
  static String refusal(HazelcastInstance hazelcast) {
    Member self = hazelcast.getCluster().getLocalMember();
    for (Member older : hazelcast.getCluster().getMembers()) {
      if (older.getUuid().equals(self.getUuid())) {
        return null;
      }
      String refusal = refusal(self, older);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static String refusal(Member self, Member older) {
    String name = self.getAttribute(ClusterConfig.NODE_NAME_ATTRIBUTE);
    if (name != null && name.equals(older.getAttribute(ClusterConfig.NODE_NAME_ATTRIBUTE))) {
      return "node.name: '"
          + name
          + "' is the name of a node that is in the cluster already, at "
          + at(older)
          + "; give this node another name (--name) or stop that one";
    }
    String size = fixedSize(self);
    String olderSize = fixedSize(older);
    if (!size.isEmpty() && !olderSize.isEmpty() && !size.equals(olderSize)) {
      return "cluster.size: "
          + size
          + ", but the member at "
          + at(older)
          + " has "
          + olderSize
          + "; set the same number on all nodes, or 0 for automatic";
    }
    String breaker = tieBreaker(self);
    if (!self.isLiteMember() && !older.isLiteMember() && !breaker.equals(tieBreaker(older))) {
      return "cluster.tie-breaker: "
          + breaker
          + ", but the member at "
          + at(older)
          + " has "
          + tieBreaker(older)
          + "; set the same on all nodes";
    }
    return null;
  }

  private static String tieBreaker(Member member) {
    String breaker = member.getAttribute(ClusterConfig.TIE_BREAKER_ATTRIBUTE);
    return breaker == null ? "none" : breaker;
  }

  /** "" = automatic, or a member that does not say. */
  private static String fixedSize(Member member) {
    String size = member.getAttribute(ClusterConfig.CLUSTER_SIZE_ATTRIBUTE);
    return size == null || size.equals("0") || member.isLiteMember() ? "" : size;
  }

  private static String at(Member member) {
    return member.getAddress().getHost() + ":" + member.getAddress().getPort();
  }
}
