package io.busbar.gateway.node;

import io.busbar.member.ClusterSize;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of the cluster's size as this node knows it. */
final class ClusterMeters {
  private ClusterMeters() {}

  /** Once per node. */
  static void bind(ClusterSize size, MeterRegistry meters) {
    Gauge.builder("busbar.cluster.size", size, ClusterSize::size)
        .description("Base of the majority")
        .strongReference(true)
        .register(meters);
    Gauge.builder("busbar.cluster.present", size, ClusterSize::present)
        .description("Members with a vote that are there")
        .strongReference(true)
        .register(meters);
    Gauge.builder("busbar.cluster.majority", size, s -> s.hasMajority() ? 1 : 0)
        .description("1 = this node sees a majority")
        .strongReference(true)
        .register(meters);
  }
}
