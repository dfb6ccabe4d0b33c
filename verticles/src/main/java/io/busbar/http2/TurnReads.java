package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.IntSupplier;

/**
 * How much a turn of the event loop reads of a connection: about so many new streams, however large
 * each is, and without new streams as much as Netty would. What has come is passed on before the
 * rest is read, so that the client, this side and whoever works behind it are busy at once; with a
 * whole connection's streams in one read they would wait for each other.
 */
final class TurnReads implements RecvByteBufAllocator {
  /** Half of the calls that a busy connection usually has: two halves keep two sides at work. */
  static final int STREAMS = 32;

  /** Smaller reads cost more than they let others begin earlier. */
  static final int LEAST_BYTES = 16 << 10;

  /** Reads in one turn, of streams that are long under way. As Netty has it for sockets. */
  private static final int READS = 16;

  private static final int NUMBERS_PER_STREAM = 2;

  private final RecvByteBufAllocator unbounded =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS);
  private final IntSupplier lastStream;

  /**
   * @param lastStream number of the newest stream that the peer opened, 0 = none yet
   */
  TurnReads(IntSupplier lastStream) {
    this.lastStream = lastStream;
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Turn((ExtendedHandle) unbounded.newHandle());
  }

  /** The reads of one channel. */
  private final class Turn extends DelegatingHandle implements ExtendedHandle {
    private final ExtendedHandle usual;
    private int firstStream;
    private long bytes;
    private int mostBytes = Integer.MAX_VALUE;

    Turn(ExtendedHandle usual) {
      super(usual);
      this.usual = usual;
    }

    @Override
    public void reset(ChannelConfig config) {
      super.reset(config);
      firstStream = lastStream.getAsInt();
      bytes = 0;
    }

    @Override
    public int guess() {
      return Math.min(mostBytes, super.guess());
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public void lastBytesRead(int size) {
      super.lastBytesRead(size);
      bytes += Math.max(0, size);
    }

    @Override
    public boolean continueReading() {
      return opened() < STREAMS && super.continueReading();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return opened() < STREAMS && usual.continueReading(maybeMore);
    }

    @Override
    public void readComplete() {
      super.readComplete();
      int opened = opened();
      if (opened > 0) {
        long enough = Math.max(LEAST_BYTES, bytes / opened * STREAMS);
        mostBytes = (int) Math.min(Integer.MAX_VALUE, enough);
      } else if (bytes >= mostBytes) {
        mostBytes = Integer.MAX_VALUE;
      }
    }

    private int opened() {
      return (lastStream.getAsInt() - firstStream) / NUMBERS_PER_STREAM;
    }
  }
}
