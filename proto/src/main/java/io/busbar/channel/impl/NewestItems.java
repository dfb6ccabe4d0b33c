package io.busbar.channel.impl;

import java.util.ArrayDeque;
import java.util.List;

/** The last items of a ring, as many as one append can have had. */
final class NewestItems {
  private final int most;
  private final long mostBytes;
  private final ArrayDeque<byte[]> items = new ArrayDeque<>();
  private long bytes;

  NewestItems(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  void add(byte[] item) {
    items.add(item);
    bytes += item.length;
    while (items.size() > most || (bytes - items.peek().length >= mostBytes && items.size() > 1)) {
      bytes -= items.poll().length;
    }
  }

  List<byte[]> items() {
    return List.copyOf(items);
  }
}
