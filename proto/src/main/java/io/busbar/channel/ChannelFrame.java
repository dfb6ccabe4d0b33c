package io.busbar.channel;

import io.busbar.bus.v1.FrameRecord;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.function.Function;

/**
 * One frame of a channel. Immutable; one object serves all subscribers of a node, so that each form
 * of it is made once.
 */
public final class ChannelFrame {
  private final long epoch;
  private final FrameRecord record;
  private volatile Encoded encoded;

  public ChannelFrame(long epoch, FrameRecord record) {
    this.epoch = epoch;
    this.record = record;
  }

  private record Encoded(Function<ChannelFrame, Buffer> by, Buffer bytes) {}

  public long epoch() {
    return epoch;
  }

  public long offset() {
    return record.getOffset();
  }

  /** "" = none. */
  public String key() {
    return record.getKey();
  }

  /** "" = not said. */
  public String contentType() {
    return record.getContentType();
  }

  /** When it was appended, ms since 1970 by the clock of the node that did it. */
  public long time() {
    return record.getTime();
  }

  /** Its bytes, not to be changed. */
  public Buffer data() {
    return BufferInternal.buffer(
        Unpooled.wrappedBuffer(record.getData().asReadOnlyByteBuffer()).asReadOnly());
  }

  /** Bytes of the data. */
  public int size() {
    return record.getData().size();
  }

  /** Whether it is one part of a message, and not the whole of it. */
  public boolean isPart() {
    return record.getParts() != 0;
  }

  /** Which part of its message it is, from 0. */
  public int part() {
    return record.getPart();
  }

  /** How many parts its message has, 0 = the frame is a whole message. */
  public int parts() {
    return record.getParts();
  }

  /** What the channel's form keeps of a message beside each of its parts; "" = nothing. */
  public String note() {
    return record.getNote();
  }

  /** As it is on the wire. */
  public FrameRecord record() {
    return record;
  }

  /**
   * The frame in some protocol's form, made at the first question for all sockets of the node.
   *
   * @param encoder the same object each time; a second one would undo what the first made
   */
  public Buffer encoded(Function<ChannelFrame, Buffer> encoder) {
    Encoded known = encoded;
    if (known == null || known.by() != encoder) {
      known = new Encoded(encoder, encoder.apply(this));
      encoded = known;
    }
    return known.bytes();
  }

  @Override
  public String toString() {
    return epoch + ":" + offset();
  }
}
