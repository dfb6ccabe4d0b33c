package io.busbar.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.impl.MessageWrite;
import io.vertx.core.net.impl.VertxConnection;
import io.vertx.core.net.impl.VertxHandler;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where bytes that are WebSocket frames already leave one connection. With nothing in front of them
 * they go to the kernel from the buffer that all connections share, at the price of the system
 * call; what it does not take, and what follows that, waits in the connection's own queues. On the
 * connection's event loop.
 */
final class FrameOutlet {
  private static final Logger LOG = LoggerFactory.getLogger(FrameOutlet.class);

  private final VertxConnection connection;
  private final ChannelHandlerContext end;
  private final Channel channel;

  /** Null = not known to Netty, or bytes have to be encrypted on their way. */
  private final Socket descriptor;

  private FrameOutlet(VertxConnection connection, ChannelHandlerContext end) {
    this.connection = connection;
    this.end = end;
    this.channel = end.channel();
    this.descriptor =
        channel instanceof UnixChannel known
                && known.fd() instanceof Socket socket
                && end.pipeline().get(SslHandler.class) == null
            ? socket
            : null;
  }

  /** Of a socket that was just opened. */
  static FrameOutlet of(ServerWebSocket socket) {
    if (socket instanceof WebSocketInternal internal
        && internal.channelHandlerContext().handler() instanceof VertxHandler<?> handler) {
      return new FrameOutlet(handler.getConnection(), internal.channelHandlerContext());
    }
    throw new IllegalStateException("no connection known of " + socket.getClass().getName());
  }

  /** False = something waits, and more than a little. */
  boolean isWritable() {
    return channel.isWritable();
  }

  /**
   * Writes after what was written before, and flushes: a task per socket to flush later costs as
   * much as the write.
   *
   * @param frames stay the caller's; what has to wait is kept by a reference of its own
   */
  void write(ByteBuf frames) {
    int size = frames.readableBytes();
    int gone = isQuiet() && frames.hasMemoryAddress() ? writeNow(frames) : 0;
    if (gone < size) {
      ByteBuf rest = frames.retainedSlice(frames.readerIndex() + gone, size - gone);
      connection.writeToChannel(new EncodedWrite(end, rest));
    }
  }

  /** Whether nothing waits: Vert.x's queue fills only behind a channel that is not writable. */
  private boolean isQuiet() {
    if (descriptor == null) {
      return false;
    }
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && waiting.totalPendingWriteBytes() == 0 && waiting.size() == 0;
  }

  /** By send, which costs the kernel a twentieth less than write: it is no file's. */
  private int writeNow(ByteBuf frames) {
    try {
      return descriptor.sendAddress(
          frames.memoryAddress(), frames.readerIndex(), frames.writerIndex());
    } catch (IOException broken) {
      // The channel meets the same when it writes the rest, and closes.
      LOG.trace("A write failed: {}", broken.toString());
      return 0;
    }
  }

  private record EncodedWrite(ChannelHandlerContext end, ByteBuf frames) implements MessageWrite {
    @Override
    public void write() {
      end.write(frames, end.voidPromise());
      ChannelHandlerContext held = end.pipeline().context(FlushConsolidationHandler.class);
      (held == null ? end : held).flush();
    }

    @Override
    public void cancel(Throwable cause) {
      frames.release();
    }
  }
}
