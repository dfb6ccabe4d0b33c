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

  private record Encoded(Function<ChannelFrame, Buffer> by, Buffer bytes, Encoded other) {}

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
   * @param encoder the same object each time, one of a few
   */
  public Buffer encoded(Function<ChannelFrame, Buffer> encoder) {
    for (Encoded known = encoded; known != null; known = known.other()) {
      if (known.by() == encoder) {
        return known.bytes();
      }
    }
    // Two at once may both do it, the forms are the same.
    Encoded made = new Encoded(encoder, encoder.apply(this), encoded);
    encoded = made;
    return made.bytes();
  }

  @Override
  public String toString() {
    return epoch + ":" + offset();
  }
}
