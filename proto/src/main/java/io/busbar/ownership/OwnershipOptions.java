package io.busbar.ownership;

import com.hazelcast.config.AttributeConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import io.busbar.ownership.map.HazelcastOwners;
import io.busbar.ownership.map.HostOf;
import io.busbar.ownership.map.OwnerMergePolicy;
import io.busbar.ownership.map.SessionMergePolicy;

/**
 * Settings of ownership, the same on every node; times in milliseconds.
 *
 * @param maxSkewMillis a node whose clock differs more from most others' grants nothing
 * @param ttlMillis lease of a holder session that is not renewed
 * @param marginMillis added by those who watch a lease, taken off by its holder
 * @param tombstoneMillis how long the epoch of a released key is remembered
 * @param backups other nodes that hold each record, 0 to 6: half of the cluster's size
 * @param maxKeys records in the cluster at once, about
 */
public record OwnershipOptions(
    long maxSkewMillis,
    long ttlMillis,
    long marginMillis,
    long tombstoneMillis,
    int backups,
    long maxKeys) {
  public static final OwnershipOptions DEFAULTS =
      new OwnershipOptions(5_000, 10_000, 2_000, 86_400_000, 1, 10_000_000);

  public OwnershipOptions {
    require(maxSkewMillis >= 1, "max-skew", maxSkewMillis, "at least 1ms");
    require(ttlMillis >= 200, "ttl", ttlMillis, "at least 200ms");
    require(
        marginMillis >= 1 && marginMillis < ttlMillis,
        "margin",
        marginMillis,
        "less than ownership.ttl");
    require(tombstoneMillis >= 1000, "tombstones", tombstoneMillis, "at least 1s");
    require(backups >= 0 && backups <= 6, "backups", backups, "0 to 6");
    require(maxKeys >= 1, "max-keys", maxKeys, "at least 1");
  }

  private static void require(boolean ok, String key, long value, String expected) {
    if (!ok) {
      throw new IllegalArgumentException(
          "ownership." + key + ": " + value + ", expected " + expected);
    }
  }

  public OwnershipOptions withLease(long ttl, long margin) {
    return new OwnershipOptions(maxSkewMillis, ttl, margin, tombstoneMillis, backups, maxKeys);
  }

  public OwnershipOptions withTombstones(long millis) {
    return new OwnershipOptions(maxSkewMillis, ttlMillis, marginMillis, millis, backups, maxKeys);
  }

  public OwnershipOptions withBackups(int nodes) {
    return new OwnershipOptions(
        maxSkewMillis, ttlMillis, marginMillis, tombstoneMillis, nodes, maxKeys);
  }

  public OwnershipOptions withMaxKeys(long keys) {
    return new OwnershipOptions(
        maxSkewMillis, ttlMillis, marginMillis, tombstoneMillis, backups, keys);
  }

  /** Half of a cluster of that size, rounded down; an automatic size (0) counts as up to three. */
  public static int backupsFor(int clusterSize) {
    return clusterSize == 0 ? 1 : Math.min(6, clusterSize / 2);
  }

  /** Adds what a data member of the cluster must know of ownership before it starts. */
  public Config configure(Config hazelcast) {
    MapConfig owners = map(HazelcastOwners.OWNERS);
    owners.getMergePolicyConfig().setPolicy(OwnerMergePolicy.class.getName());
    owners.addAttributeConfig(new AttributeConfig(HostOf.ATTRIBUTE, HostOf.class.getName()));
    MapConfig sessions = map(HazelcastOwners.SESSIONS);
    sessions.getMergePolicyConfig().setPolicy(SessionMergePolicy.class.getName());
    return hazelcast
        .addMapConfig(owners)
        .addMapConfig(sessions)
        .addMapConfig(map(HazelcastOwners.FLOOR));
  }

  private MapConfig map(String name) {
    return new MapConfig(name)
        .setBackupCount(backups)
        .setAsyncBackupCount(0)
        .setPerEntryStatsEnabled(false);
  }
}
