package io.busbar.gateway.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.TryCall;
import io.busbar.grpc.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The bytes of one Engage, made once: TryCall, body frames of at most 10,240 bytes as Fn sends
 * them, and the frame that ends the body.
 */
final class EngageBytes {
  private static final int FRAME = 10_240;

  private final byte[] request;
  private final List<byte[]> messages = new ArrayList<>();
  private final ByteString body;

  /**
   * @param fnId names the pool by a rule of the node
   * @param size of the body, in bytes
   */
  EngageBytes(String fnId, int size) {
    byte[] random = new byte[size];
    new Random(size).nextBytes(random);
    body = ByteString.copyFrom(random);
    append(ClientMsg.newBuilder().setTry(tryCall(fnId)).build());
    for (int at = 0; at < size; at += FRAME) {
      append(frame(body.substring(at, Math.min(size, at + FRAME)), false));
    }
    append(frame(ByteString.EMPTY, true));
    ByteBuf out = Unpooled.wrappedBuffer(messages.toArray(new byte[0][]));
    request = new byte[out.readableBytes()];
    out.readBytes(request);
  }

  /** A new buffer over the same bytes. */
  Buffer request() {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(request));
  }

  /** The same message by message, each with its prefix. */
  List<Buffer> messages() {
    return messages.stream()
        .<Buffer>map(m -> BufferInternal.buffer(Unpooled.wrappedBuffer(m)))
        .toList();
  }

  /** What a true echo answers. */
  ByteString body() {
    return body;
  }

  private void append(MessageLite message) {
    ByteBuf out = Unpooled.buffer(Framing.PREFIX + message.getSerializedSize());
    Framing.prefix(out, message.getSerializedSize());
    out.writeBytes(message.toByteArray());
    byte[] framed = new byte[out.readableBytes()];
    out.readBytes(framed);
    messages.add(framed);
  }

  private static ClientMsg frame(ByteString data, boolean eof) {
    return ClientMsg.newBuilder().setData(DataFrame.newBuilder().setData(data).setEof(eof)).build();
  }

  private static TryCall tryCall(String fnId) {
    JsonObject call =
        new JsonObject()
            .put("id", "01HZX3T7Q4NG8G00GZJ0000042")
            .put("status", "running")
            .put("type", "sync")
            .put("method", "POST")
            .put("timeout", 300)
            .put("idle_timeout", 30)
            .put("app_id", "bench")
            .put("app_name", "bench")
            .put("fn_id", fnId)
            .put(
                "headers",
                new JsonObject()
                    .put("Content-Type", new JsonArray().add("application/octet-stream")));
    return TryCall.newBuilder().setModelsCallJson(call.encode()).build();
  }
}
