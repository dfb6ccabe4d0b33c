package io.busbar.channel.impl;

import java.util.List;

/** How many items to read at once: many small ones, few large ones. */
final class ReadSize {
  private static final int MOST = 1000;
  private static final long ENOUGH = 1 << 20;

  private int frames = 16;

  int frames() {
    return frames;
  }

  void got(List<byte[]> items) {
    long bytes = 0;
    for (byte[] item : items) {
      bytes += item.length;
    }
    if (bytes > ENOUGH) {
      frames = Math.max(1, frames / 2);
    } else if (items.size() == frames && bytes < ENOUGH / 4) {
      frames = Math.min(MOST, 2 * frames);
    }
  }
}
