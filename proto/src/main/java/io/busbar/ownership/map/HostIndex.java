package io.busbar.ownership.map;

import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hazelcast's index of keys by the host that holds them. It is added when a member opens the map,
 * not by the map's configuration: there Hazelcast adds it too, but keeps a failure for good, so
 * that the map cannot be opened again.
 */
final class HostIndex {
  private static final Logger LOG = LoggerFactory.getLogger(HostIndex.class);
  private static final int REPEATS = 4;

  private HostIndex() {}

  /**
   * Adds it on all members, which changes nothing where it is. While nodes join or leave a copy may
   * not be confirmed; then it is added again. Blocks.
   */
  static void add(IMap<?, ?> owners) {
    for (int left = REPEATS; ; left--) {
      try {
        owners.addIndex(new IndexConfig(IndexType.HASH, HostOf.ATTRIBUTE));
        return;
      } catch (RuntimeException e) {
        if (left == 0 || !unconfirmed(e)) {
          throw e;
        }
        LOG.info("the index of owners was not confirmed by all members; once more");
      }
    }
  }

  private static boolean unconfirmed(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IndeterminateOperationStateException) {
        return true;
      }
    }
    return false;
  }
}
