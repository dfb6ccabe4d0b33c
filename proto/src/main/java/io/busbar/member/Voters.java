package io.busbar.member;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import java.util.ArrayList;
import java.util.List;

/** The members that count for the majority: those with data, by the names of their nodes. */
final class Voters {
  private Voters() {}

  /** As the node's own configuration says it. */
  static ClusterSize size(HazelcastInstance hazelcast) {
    Member self = hazelcast.getCluster().getLocalMember();
    String fixed = self.getAttribute(ClusterConfig.CLUSTER_SIZE_ATTRIBUTE);
    return new ClusterSize(
        fixed == null ? 0 : Integer.parseInt(fixed),
        ClusterConfig.LOWEST.equals(self.getAttribute(ClusterConfig.TIE_BREAKER_ATTRIBUTE)));
  }

  /** Those that are there now. */
  static List<String> names(HazelcastInstance hazelcast) {
    List<String> names = new ArrayList<>();
    for (Member member : hazelcast.getCluster().getMembers()) {
      if (!member.isLiteMember()) {
        String name = member.getAttribute(ClusterConfig.NODE_NAME_ATTRIBUTE);
        names.add(name == null ? member.getUuid().toString() : name);
      }
    }
    return names;
  }
}
