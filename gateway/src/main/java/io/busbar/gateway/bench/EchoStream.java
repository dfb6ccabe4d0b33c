package io.busbar.gateway.bench;

import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.grpc.Deframer;
import io.busbar.grpc.Framing;
import io.busbar.grpc.MessageBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * One call of {@link EchoRunner}. A body frame of a client and one of a runner have the same bytes,
 * so frames go back as they came. A small answer leaves in one write.
 */
final class EchoStream {
  private static final int LARGEST = 4 << 20;
  private static final int HELD = 256 << 10;

  /** First byte of a message: field 2 of its oneof, a body frame; the same in both directions. */
  private static final int DATA = 0x12;

  /** First byte of the last field of a body frame that has one: {@code eof}. */
  private static final int EOF = 0x10;

  private static final int BYTES = 0x0a;

  private static final byte[] START =
      framed(
          RunnerMsg.newBuilder()
              .setResultStart(
                  CallResultStart.newBuilder()
                      .setHttp(HttpRespMeta.newBuilder().setStatusCode(200)))
              .build());
  private static final byte[] FINISHED =
      framed(
          RunnerMsg.newBuilder()
              .setFinished(CallFinished.newBuilder().setSuccess(true).setDetails("bench"))
              .build());
  private static final CharSequence GRPC = HttpHeaders.createOptimized("application/grpc");
  private static final CharSequence STATUS = HttpHeaders.createOptimized("grpc-status");
  private static final CharSequence OK = HttpHeaders.createOptimized("0");

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Deframer deframer;
  private ByteBuf held = Unpooled.buffer(2048).writeBytes(START);
  private boolean over;

  EchoStream(HttpServerRequest request, MessageBudget budget) {
    this.request = request;
    this.response = request.response();
    this.deframer = new Deframer(LARGEST, budget);
  }

  void run() {
    response.putHeader(HttpHeaders.CONTENT_TYPE, GRPC);
    request.exceptionHandler(gone -> close());
    request.handler(this::chunk);
  }

  private void chunk(Buffer chunk) {
    if (!over && deframer.feed(chunk, this::message) != null) {
      close();
      response.reset();
    }
  }

  private void message(ByteBuf message) {
    if (over || message.getByte(message.readerIndex()) != DATA) {
      return;
    }
    if (isEof(message)) {
      finish();
      return;
    }
    Framing.prefix(held, message.readableBytes());
    held.writeBytes(message, message.readerIndex(), message.readableBytes());
    if (held.readableBytes() >= HELD) {
      response.write(BufferInternal.buffer(held));
      held = Unpooled.buffer(HELD);
      if (response.writeQueueFull()) {
        request.pause();
        response.drainHandler(v -> request.resume());
      }
    }
  }

  private void finish() {
    held.writeBytes(FINISHED);
    response.putTrailer(STATUS, OK);
    response.end(BufferInternal.buffer(held));
    close();
  }

  private void close() {
    over = true;
    deframer.close();
  }

  /** A body frame that ends the body; its own bytes, if any, come in a frame before it here. */
  private static boolean isEof(ByteBuf message) {
    int at = message.readerIndex() + 1;
    at = afterVarint(message, at);
    if (at >= message.writerIndex()) {
      return false;
    }
    if (message.getByte(at) == BYTES) {
      int length = 0;
      int shift = 0;
      int b;
      do {
        b = message.getByte(++at);
        length |= (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      at += 1 + length;
    }
    return at < message.writerIndex() && message.getByte(at) == EOF;
  }

  private static int afterVarint(ByteBuf message, int at) {
    int next = at;
    while (message.getByte(next) < 0) {
      next++;
    }
    return next + 1;
  }

  private static byte[] framed(RunnerMsg message) {
    ByteBuf out = Unpooled.buffer();
    Framing.prefix(out, message.getSerializedSize());
    out.writeBytes(message.toByteArray());
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }
}
