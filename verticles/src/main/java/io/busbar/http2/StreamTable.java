package io.busbar.http2;

import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.List;

/** The streams of one connection: those open, their numbers, and the last ones reset from here. */
final class StreamTable {
  private static final int REMEMBERED = 256;
  private static final int MARGIN = 1000;

  private final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>();
  private final int[] resets = new int[REMEMBERED];
  private final boolean server;
  private int nextReset;
  private int nextId;
  private int lastOfPeer;
  private int highestOfPeer;
  private int opened;

  StreamTable(boolean server) {
    this.server = server;
    this.nextId = server ? 2 : 1;
  }

  int nextId() {
    int id = nextId;
    nextId += 2;
    return id;
  }

  boolean numbersUsedUp() {
    return nextId > Integer.MAX_VALUE - MARGIN;
  }

  void add(Http2Stream stream) {
    streams.put(stream.id, stream);
    if (stream.opened) {
      opened++;
    }
  }

  void remove(Http2Stream stream) {
    if (streams.remove(stream.id) != null && stream.opened) {
      opened--;
    }
  }

  Http2Stream get(int id) {
    return streams.get(id);
  }

  int open() {
    return streams.size();
  }

  /** Open ones that this side opened. */
  int opened() {
    return opened;
  }

  /** Open ones that the peer opened. */
  int openedByPeer() {
    return streams.size() - opened;
  }

  List<Http2Stream> all() {
    return new ArrayList<>(streams.values());
  }

  /** The last one of the peer's that was looked at. */
  int lastOfPeer() {
    return lastOfPeer;
  }

  /** The peer used this number. */
  void seen(int id, boolean lookedAt) {
    highestOfPeer = id;
    if (lookedAt) {
      lastOfPeer = id;
    }
  }

  /** Whether the peer may open a stream of this number. */
  boolean canBePeers(int id) {
    return server && (id & 1) == 1 && id > highestOfPeer;
  }

  /** Whether a stream of this number was never opened. */
  boolean isIdle(int id) {
    boolean own = (id & 1) == (server ? 0 : 1);
    return own ? id >= nextId : id > highestOfPeer;
  }

  /** What the peer still sends on it is no fault: it may not know yet. */
  void rememberReset(int id) {
    resets[nextReset] = id;
    nextReset = (nextReset + 1) % REMEMBERED;
  }

  boolean wasReset(int id) {
    for (int reset : resets) {
      if (reset == id) {
        return true;
      }
    }
    return false;
  }
}
