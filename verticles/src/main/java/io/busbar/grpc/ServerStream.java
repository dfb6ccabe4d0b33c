package io.busbar.grpc;

import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcStatus;

/**
 * One gRPC call as its server sees it: whole messages in, framed messages out, one end. Belongs to
 * the event loop of its connection. After {@link #finish} or after the client is gone nothing is
 * told to the listener any more, and writes are dropped.
 */
public final class ServerStream {
  /** What happens on the call. Each method is called on the call's event loop; none may throw. */
  public interface Listener {
    /** A whole message; its memory may be kept by reference. */
    void onMessage(ByteBuf message);

    /** The client ended its side after whole messages. */
    void onHalfClose();

    /** The bytes are no gRPC call any more. The call is still open and should be finished so. */
    void onFault(GrpcFault fault);

    /** The client reset the call or its connection is lost. The call is over. */
    void onGone(String how);

    /** There is room for writing again. */
    void onDrain();

    /** The HTTP/2 stream is closed: everything was sent, or never will be. Told always, once. */
    void onClosed();
  }

  private static final CharSequence TYPE = HttpHeaders.createOptimized("application/grpc");
  private static final CharSequence STATUS = HttpHeaders.createOptimized("grpc-status");
  private static final CharSequence MESSAGE = HttpHeaders.createOptimized("grpc-message");
  private static final CharSequence OK = HttpHeaders.createOptimized("0");

  /** Bytes handed to the connection and not yet on the socket, beyond which writers should wait. */
  private static final int MOST_UNSENT = 64 << 10;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Http2Wire wire;
  private final Deframer deframer;
  private final Listener listener;
  private boolean finished;
  private boolean gone;
  private boolean clientEnded;
  private boolean headSent;
  private boolean closed;
  private boolean endDue;
  private boolean drainDue;
  private long unsent;
  private GrpcFault endFault;
  private long activity;

  private ServerStream(
      HttpServerRequest request, Http2Wire wire, Deframer deframer, Listener listener) {
    this.request = request;
    this.wire = wire;
    this.response = request.response();
    this.deframer = deframer;
    this.listener = listener;
  }

  /**
   * Joins a request to a listener. Messages flow at once.
   *
   * @param wire of the request's connection
   * @param largest largest message accepted, in bytes
   */
  public static ServerStream open(
      HttpServerRequest request,
      Http2Wire wire,
      int largest,
      MessageBudget budget,
      Listener listener) {
    ServerStream stream = new ServerStream(request, wire, new Deframer(largest, budget), listener);
    stream.response.headers().set(HttpHeaders.CONTENT_TYPE, TYPE);
    request.exceptionHandler(stream::lost);
    stream.response.exceptionHandler(stream::lost);
    stream.response.closeHandler(v -> stream.closed());
    request.handler(stream::arrived);
    request.endHandler(v -> stream.ended());
    return stream;
  }

  /** Answers a request with nothing but a status; what the client still sends is dropped. */
  public static void refuse(HttpServerRequest request, GrpcFault fault) {
    HttpServerResponse response = request.response();
    response.headers().set(HttpHeaders.CONTENT_TYPE, TYPE);
    status(response.headers(), fault);
    response.end();
  }

  private static void status(MultiMap end, GrpcFault fault) {
    end.set(STATUS, Integer.toString(fault.status().code));
    if (!fault.text().isEmpty()) {
      end.set(MESSAGE, Framing.percentEncode(fault.text()));
    }
  }

  /** No more messages after those of the chunk being read. */
  public void pause() {
    if (!over() && !clientEnded) {
      request.pause();
    }
  }

  public void resume() {
    if (!over() && !clientEnded) {
      request.resume();
    }
  }

  /** Whether nothing more can be written. */
  public boolean over() {
    return finished || gone;
  }

  /**
   * Whether the client is slower than what was written; if so, {@link Listener#onDrain} follows.
   */
  public boolean full() {
    if (!over() && unsent > MOST_UNSENT) {
      drainDue = true;
    }
    return drainDue && !over();
  }

  /** Whether an unfinished message of the client is held here. */
  public boolean withinMessage() {
    return deframer.withinMessage();
  }

  /** Writes framed messages. Taken by reference. */
  public void write(ByteBuf framed) {
    if (!over()) {
      send(framed);
    }
  }

  private void send(ByteBuf framed) {
    int size = framed.readableBytes();
    headSent = true;
    unsent += size;
    response.write(buffer(framed)).onComplete(told -> sent(size));
  }

  /** So many bytes are on the socket, or will never be. */
  private void sent(int size) {
    activity++;
    unsent -= size;
    if (gone) {
      return;
    }
    if (endDue && unsent == 0) {
      endDue = false;
      endSent();
    } else if (drainDue && unsent <= MOST_UNSENT / 4) {
      drainDue = false;
      if (!finished) {
        listener.onDrain();
      }
    }
  }

  /** Ends the call with OK after these last framed messages; null = none. */
  public void finish(ByteBuf framed) {
    if (!over()) {
      finished = true;
      deframer.close();
      end(framed);
    }
  }

  /** Ends the call with a status that is not OK. */
  public void finish(GrpcFault fault) {
    if (!over()) {
      finished = true;
      endFault = fault;
      deframer.close();
      if (headSent) {
        end(null);
      } else {
        status(response.headers(), fault);
        response.end();
      }
    }
  }

  private void end(ByteBuf last) {
    if (!headSent) {
      // Else the length of this one chunk would be announced as that of the body.
      headSent = true;
      response.writeHead();
    }
    if (last != null && wire.hasRoom(response.streamId(), last.readableBytes())) {
      trailers(response.trailers());
      response.end(buffer(last));
      return;
    }
    if (last != null) {
      send(last);
    }
    if (unsent == 0) {
      endSent();
    } else {
      endDue = true;
    }
  }

  /**
   * All bytes are out, so trailers need no room. Vert.x would queue them if the window happens to
   * be used up, and fail on them with an exception on the event loop if the stream is closed
   * meanwhile.
   */
  private void endSent() {
    if (wire.hasRoom(response.streamId(), 0)) {
      trailers(response.trailers());
      response.end();
    } else {
      MultiMap trailers = MultiMap.caseInsensitiveMultiMap();
      trailers(trailers);
      wire.endWith(response.streamId(), trailers);
    }
  }

  private void trailers(MultiMap trailers) {
    if (endFault == null) {
      trailers.set(STATUS, OK);
    } else {
      status(trailers, endFault);
    }
  }

  /** Gives up on a client that takes or sends nothing; also after the end, if it is not taken. */
  public void reset(long http2Code) {
    if (!closed) {
      gone = true;
      deframer.close();
      response.reset(http2Code);
    }
  }

  /** A number that changes with each sign of life of the client on this call. */
  public long activity() {
    return activity;
  }

  private static Buffer buffer(ByteBuf framed) {
    return BufferInternal.buffer(framed);
  }

  private void arrived(Buffer chunk) {
    activity++;
    if (over()) {
      return;
    }
    GrpcFault fault = deframer.feed(chunk, this::message);
    if (fault != null && !over()) {
      listener.onFault(fault);
    }
  }

  private void message(ByteBuf message) {
    if (!over()) {
      listener.onMessage(message);
    }
  }

  private void ended() {
    clientEnded = true;
    if (over()) {
      return;
    }
    if (deframer.withinMessage()) {
      listener.onFault(new GrpcFault(GrpcStatus.INTERNAL, "the last message is cut short"));
    } else {
      listener.onHalfClose();
    }
  }

  private void lost(Throwable cause) {
    if (over()) {
      return;
    }
    gone = true;
    clientEnded = true;
    deframer.close();
    listener.onGone(String.valueOf(cause.getMessage()));
  }

  private void closed() {
    if (!closed) {
      closed = true;
      listener.onClosed();
    }
  }
}
