package io.busbar.ownership.map;

import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;

/** Hears which partitions this member holds from now on and did not before. */
record ArrivedPartitions(OwnerStore.Listener listener) implements MigrationListener {
  @Override
  public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
    boolean here = event.getDestination() != null && event.getDestination().localMember();
    if (here && event.getReplicaIndex() == 0) {
      listener.arrived(event.getPartitionId());
    }
  }

  @Override
  public void replicaMigrationFailed(ReplicaMigrationEvent event) {
    // Its entries stay where they are.
  }

  @Override
  public void migrationStarted(MigrationState state) {
    // Each partition is told on its own.
  }

  @Override
  public void migrationFinished(MigrationState state) {
    // Each partition was told on its own.
  }
}
