package io.busbar.grpc;

import io.busbar.http2.HeaderBlock;
import io.busbar.http2.HeaderField;
import io.busbar.http2.Http2Stream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The head of a call as its server sees it, to be answered at once or opened as a {@link
 * ServerStream}. What the client sends to a call that was not opened is dropped.
 */
public final class ServerRequest implements Http2Stream.Listener {
  static final HeaderField OK = HeaderField.of(":status", "200");
  static final HeaderField TYPE = HeaderField.of("content-type", "application/grpc");
  private static final HeaderBlock GRPC = HeaderBlock.of(OK, TYPE);
  private static final HeaderBlock NONE = HeaderBlock.of();

  private final Http2Stream stream;
  private final Consumer<ServerRequest> whenHere;
  private Http2Headers headers;
  private ServerStream opened;

  ServerRequest(Http2Stream stream, Consumer<ServerRequest> whenHere) {
    this.stream = stream;
    this.whenHere = whenHere;
  }

  public CharSequence method() {
    return headers.method();
  }

  public String path() {
    return headers.path().toString();
  }

  /** The first of that name, in lower case; null = none. */
  public String header(CharSequence name) {
    CharSequence value = headers.get(name);
    return value == null ? null : value.toString();
  }

  /** All of them; shared, not to be changed. */
  public Http2Headers headers() {
    return headers;
  }

  /**
   * Joins the call to a listener. Messages flow at once.
   *
   * @param largest largest message accepted, in bytes
   */
  public ServerStream open(int largest, MessageBudget budget, ServerStream.Listener listener) {
    opened = new ServerStream(stream, new Deframer(largest, budget), listener);
    return opened;
  }

  /** Answers with a status of HTTP and a text. */
  public void refuse(int status, String text, Map<String, String> more) {
    Map<String, String> head = new LinkedHashMap<>();
    head.put(":status", Integer.toString(status));
    head.put("content-type", "text/plain");
    head.putAll(more);
    stream.headers(NONE.with(head), false);
    stream.write(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)), true);
  }

  /** Answers with nothing but a status of gRPC. */
  public void refuse(GrpcFault fault, Map<String, String> more) {
    Map<String, String> end = new LinkedHashMap<>(more);
    end.putAll(status(fault));
    stream.headers(GRPC.with(end), true);
  }

  /** Refuses the call as one that was never looked at. */
  public void refuseStream() {
    stream.reset(Http2Error.REFUSED_STREAM);
  }

  static Map<String, String> status(GrpcFault fault) {
    String code = Integer.toString(fault.status().code);
    if (fault.text().isEmpty()) {
      return Map.of("grpc-status", code);
    }
    Map<String, String> status = new LinkedHashMap<>();
    status.put("grpc-status", code);
    status.put("grpc-message", Framing.percentEncode(fault.text()));
    return status;
  }

  // ---- what happens on the stream

  @Override
  public void onHeaders(Http2Headers block, boolean ends) {
    if (headers == null) {
      headers = block;
      whenHere.accept(this);
    }
    if (ends && opened != null) {
      opened.ended();
    }
  }

  @Override
  public void onData(ByteBuf bytes, boolean ends) {
    if (opened == null) {
      stream.consumed(bytes.readableBytes());
    } else {
      opened.arrived(bytes, ends);
    }
  }

  @Override
  public void onReset(long code) {
    if (opened != null) {
      Http2Error name = Http2Error.valueOf(code);
      opened.lost("the stream was reset with " + (name == null ? "code " + code : name.name()));
    }
  }

  @Override
  public void onBroken(String why) {
    if (opened != null) {
      opened.lost("HTTP/2: " + why);
    }
  }

  @Override
  public void onDrain() {
    if (opened != null) {
      opened.drained();
    }
  }

  @Override
  public void onClosed() {
    if (opened != null) {
      opened.closed();
    }
  }
}
