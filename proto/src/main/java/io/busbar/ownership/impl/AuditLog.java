package io.busbar.ownership.impl;

import io.busbar.channel.Append;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of every change of an owner, written by the node that holds the entry, under a logger of
 * its own so that it can be sent elsewhere or switched off. A line is a JSON object like a frame of
 * the channel. Of a burst one line names up to 500 keys that went the same way: a take-over of very
 * many keys does not fill the log, and none is left out. Any thread.
 */
final class AuditLog {
  /** From this many changes of one moment on they are told together. */
  static final int MANY = 64;

  private static final Logger LOG = LoggerFactory.getLogger("busbar.audit.ownership");

  private final String node;

  AuditLog(String node) {
    this.node = node;
  }

  /** In the order in which they were made. */
  void write(List<OwnerChange> changes) {
    if (LOG.isInfoEnabled()) {
      lines(changes).forEach(LOG::info);
    }
  }

  List<String> lines(List<OwnerChange> changes) {
    ChangeFrames frames = new ChangeFrames(node, changes.size() >= MANY);
    changes.forEach(frames::add);
    return frames.done().stream().map(Append.Content::data).map(Object::toString).toList();
  }

  /** Keys of a session that is over. */
  void freed(Holder ended, Map<String, Long> keys) {
    if (LOG.isInfoEnabled()) {
      LOG.info(OwnerChanges.freed(ended, keys).put("node", node).encode());
    }
  }
}
