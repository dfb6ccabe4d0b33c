package io.busbar.juniper.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Joins the slices of messages that were cut (type {@code chunked_message}). So many characters
 * wait at most; the oldest incomplete message is forgotten first. For one thread.
 */
public final class ChunkJoiner {
  /** Type of a slice's frame. */
  public static final String TYPE = "chunked_message";

  private static final int MOST_SLICES = 100_000;

  private final long most;
  private final LinkedHashMap<String, Parts> open = new LinkedHashMap<>();
  private long waiting;

  private static final class Parts {
    private final String[] slices;
    private int missing;
    private long characters;

    Parts(int total) {
      slices = new String[total];
      missing = total;
    }
  }

  /**
   * @param most characters of incomplete messages
   */
  public ChunkJoiner(long most) {
    this.most = most;
  }

  /**
   * Takes a slice.
   *
   * @param data of its frame
   * @return the text of the message if it is whole now, else null; also for data that is none
   */
  public String add(Map<?, ?> data) {
    if (!(data.get("chunk_id") instanceof String id)
        || !(data.get("payload") instanceof String payload)
        || !(data.get("chunk_index") instanceof Number index)
        || !(data.get("total_chunks") instanceof Number total)) {
      return null;
    }
    int at = index.intValue();
    int count = total.intValue();
    if (count < 1 || count > MOST_SLICES || at < 0 || at >= count) {
      return null;
    }
    Parts parts = open.computeIfAbsent(id, i -> new Parts(count));
    if (parts.slices.length != count || parts.slices[at] != null) {
      return null;
    }
    parts.slices[at] = payload;
    parts.missing--;
    parts.characters += payload.length();
    waiting += payload.length();
    if (parts.missing == 0) {
      forget(id);
      return String.join("", parts.slices);
    }
    while (waiting > most && !open.isEmpty()) {
      forget(open.keySet().iterator().next());
    }
    return null;
  }

  private void forget(String id) {
    waiting -= open.remove(id).characters;
  }

  /** Nothing of what waits becomes whole any more. */
  public void clear() {
    open.clear();
    waiting = 0;
  }

  /** Messages that are incomplete. */
  public int incomplete() {
    return open.size();
  }
}
