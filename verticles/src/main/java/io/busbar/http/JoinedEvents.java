package io.busbar.http;

import io.busbar.channel.ChannelFrame;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** What is ready at once as one text, joined once for all streams of a lane that stand there. */
final class JoinedEvents {
  private List<ChannelFrame> frames = List.of();
  private Buffer joined = Buffer.buffer();

  Buffer of(List<ChannelFrame> asked) {
    if (asked.size() == 1) {
      return asked.get(0).encoded(EventText.FRAME);
    }
    // Streams of one channel that stand at one place are given the same list.
    if (asked != frames) {
      Buffer together = Buffer.buffer();
      asked.forEach(frame -> together.appendBuffer(frame.encoded(EventText.FRAME)));
      frames = asked;
      joined = together;
    }
    return joined;
  }
}
