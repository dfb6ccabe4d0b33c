package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All that was told about a stream. Gives back the room of what it read unless it holds it. */
final class RecordedStream implements Http2Stream.Listener {
  final List<Http2Headers> headers = new ArrayList<>();
  final ByteBuf data = Unpooled.buffer();
  Consumer<RecordedStream> onHeaders = self -> {};
  Http2Stream stream;
  boolean holds;
  int held;
  boolean ended;
  long reset = -1;
  String broken;
  int drains;
  boolean closed;

  @Override
  public void onHeaders(Http2Headers block, boolean ends) {
    headers.add(block);
    ended |= ends;
    onHeaders.accept(this);
  }

  @Override
  public void onData(ByteBuf bytes, boolean ends) {
    int size = bytes.readableBytes();
    data.writeBytes(bytes);
    ended |= ends;
    if (holds) {
      held += size;
    } else {
      stream.consumed(size);
    }
  }

  void release() {
    int bytes = held;
    held = 0;
    stream.consumed(bytes);
  }

  @Override
  public void onReset(long code) {
    reset = code;
  }

  @Override
  public void onBroken(String why) {
    broken = why;
  }

  @Override
  public void onDrain() {
    drains++;
  }

  @Override
  public void onClosed() {
    closed = true;
  }
}
