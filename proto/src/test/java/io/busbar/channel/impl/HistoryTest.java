package io.busbar.channel.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelOptions;
import org.junit.jupiter.api.Test;

/** Which frames are kept, by a clock of the test's own. */
class HistoryTest {
  private static final long NOW = 1_000_000;

  private static FrameRecord frame(long offset, long time, int size) {
    return FrameRecord.newBuilder()
        .setOffset(offset)
        .setTime(time)
        .setId("id" + offset)
        .setData(ByteString.copyFrom(new byte[size]))
        .build();
  }

  private static History history(ChannelOptions options, int frames, int size) {
    History history = new History(options);
    for (int offset = 1; offset <= frames; offset++) {
      history.add(frame(offset, NOW + 100L * offset, size));
    }
    return history;
  }

  @Test
  void whatFitsIsKept() {
    History history = history(ChannelOptions.DEFAULTS.withCapacity(5), 4, 10);

    assertEquals(1, history.head(NOW, 1, 10, 6));
  }

  @Test
  void asManyGoAsAreTooMany() {
    History history = history(ChannelOptions.DEFAULTS.withCapacity(5), 5, 10);

    assertEquals(4, history.head(NOW, 3, 30, 9));
  }

  @Test
  void asManyGoAsHaveTooManyBytes() {
    int cost = (int) History.cost(frame(1, 0, 100));
    History history = history(ChannelOptions.DEFAULTS.withBytes(3L * cost), 3, 100);

    assertEquals(3, history.head(NOW, 1, 2L * cost, 5));
  }

  @Test
  void whatIsAsOldAsItMayBeGoes() {
    History history = history(ChannelOptions.DEFAULTS.withTtl(1000), 5, 10);

    assertEquals(1, history.head(NOW + 1099, 0, 0, 6));
    assertEquals(2, history.head(NOW + 1100, 0, 0, 6));
    assertEquals(4, history.head(NOW + 1300, 0, 0, 6));
  }

  @Test
  void theNextToGoIsDueWhenTheOldestIsOldEnough() {
    History history = history(ChannelOptions.DEFAULTS.withTtl(1000), 3, 10);

    assertEquals(NOW + 1100, history.expiresAt());
    history.dropBelow(2);
    assertEquals(NOW + 1200, history.expiresAt());
    history.dropBelow(3);
    assertEquals(-1, history.expiresAt());
  }

  @Test
  void anIdIsKnownAsLongAsItsFrameIsKept() {
    History history = history(ChannelOptions.DEFAULTS, 3, 10);

    assertEquals(2, history.offset("id2"));
    history.dropBelow(3);
    assertEquals(0, history.offset("id2"));
    assertEquals(3, history.offset("id3"));
  }
}
