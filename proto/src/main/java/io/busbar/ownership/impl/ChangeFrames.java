package io.busbar.ownership.impl;

import io.busbar.channel.Append;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerRecord;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes frames of the channel from changes: one per change, or, when many are waiting, one for all
 * keys that went the same way, so that a take-over does not push the history out. The order of the
 * changes of one key stays. Used once.
 */
final class ChangeFrames {
  /** Most keys of one frame. */
  static final int MOST_KEYS = 500;

  private final String node;
  private final boolean together;
  private final List<Append.Content> frames = new ArrayList<>();
  private final Map<Way, JsonObject> open = new LinkedHashMap<>();
  private final Set<String> keys = new HashSet<>();

  /** What keys of one frame have in common. */
  private record Way(OwnerChange.Kind kind, Holder to, Holder from) {}

  /**
   * @param node that saw the changes
   * @param together many are waiting
   */
  ChangeFrames(String node, boolean together) {
    this.node = node;
    this.together = together;
  }

  void add(OwnerChange change) {
    if (keys.contains(change.key())) {
      close();
    }
    if (!together || !isPlain(change)) {
      close();
      frames.add(content(OwnerChanges.json(change), change.key()));
      return;
    }
    Way way = new Way(change.kind(), change.record().holder(), change.previous());
    JsonObject epochs = open.computeIfAbsent(way, w -> new JsonObject());
    epochs.put(change.key(), change.record().epoch());
    keys.add(change.key());
    if (epochs.size() >= MOST_KEYS) {
      close();
    }
  }

  /** Has no more to say than who got the key from whom. */
  private static boolean isPlain(OwnerChange change) {
    OwnerRecord record = change.record();
    return switch (change.kind()) {
      case CLAIMED, MOVED, RELEASED ->
          record != null && record.target().isEmpty() && record.reservation() == null;
      default -> false;
    };
  }

  int size() {
    return frames.size() + open.size();
  }

  List<Append.Content> done() {
    close();
    return frames;
  }

  private void close() {
    open.forEach(
        (way, epochs) ->
            frames.add(content(OwnerChanges.many(way.kind(), way.to(), way.from(), epochs), "")));
    open.clear();
    keys.clear();
  }

  private Append.Content content(JsonObject json, String key) {
    return new Append.Content(json.put("node", node).toBuffer(), "application/json", key);
  }
}
