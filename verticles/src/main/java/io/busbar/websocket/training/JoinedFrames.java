package io.busbar.websocket.training;

import io.busbar.channel.ChannelFrame;
import io.busbar.edge.WebSocketText;
import io.busbar.juniper.training.TrainingFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.List;
import java.util.function.Function;

/**
 * Frames as bytes for the wire: each is encoded once per node, and what is ready at once is joined
 * once per lane, so that a client gets it in one write. On the lane's context.
 */
final class JoinedFrames {
  private static final Function<ChannelFrame, Buffer> WIRE =
      frame -> WebSocketText.frame(TrainingFrames.broadcast(frame));

  private long epoch;
  private long first;
  private long last;
  private ByteBuf joined;
  private List<ChannelFrame> asked;

  /** The frames; what is given back stays valid until the next question. */
  ByteBuf of(List<ChannelFrame> frames) {
    if (frames == asked) {
      return joined;
    }
    ChannelFrame from = frames.get(0);
    ChannelFrame to = frames.get(frames.size() - 1);
    // Offsets of one list follow each other.
    if (joined == null
        || epoch != from.epoch()
        || first != from.offset()
        || last != to.offset()
        || last - first + 1 != frames.size()) {
      release();
      joined = join(frames);
      epoch = from.epoch();
      first = from.offset();
      last = to.offset();
    }
    asked = frames;
    return joined;
  }

  private static ByteBuf join(List<ChannelFrame> frames) {
    int size = 0;
    for (ChannelFrame frame : frames) {
      size += frame.encoded(WIRE).length();
    }
    ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    for (ChannelFrame frame : frames) {
      bytes.writeBytes(((BufferInternal) frame.encoded(WIRE)).getByteBuf());
    }
    return bytes;
  }

  /** Gives back what is kept. */
  void release() {
    if (joined != null) {
      joined.release();
      joined = null;
      asked = null;
    }
  }
}
