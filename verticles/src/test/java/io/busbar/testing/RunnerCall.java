package io.busbar.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.HttpHeader;
import io.busbar.fn.wire.HttpRespMeta;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fn.wire.TryCall;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One Engage of a {@link ScriptedRunner}. The script runs when the TryCall is here. */
public final class RunnerCall {
  private final ScriptedRunner runner;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Consumer<RunnerCall> script;
  private final Context context = Vertx.currentContext();
  private final List<byte[]> messages = new ArrayList<>();
  private final Promise<Buffer> body = Promise.promise();
  private final Promise<Void> halfClosed = Promise.promise();
  private final Promise<Long> reset = Promise.promise();
  private final Promise<Void> closed = Promise.promise();
  private Buffer pending = Buffer.buffer();
  private Buffer collected = Buffer.buffer();
  private Handler<Buffer> dataHandler;
  private Handler<Void> eofHandler;
  private TryCall tryCall;
  private boolean eof;
  private boolean endedBeforeEof;
  private int largestFrame;
  private long bodyBytes;

  RunnerCall(ScriptedRunner runner, HttpServerRequest request, Consumer<RunnerCall> script) {
    this.runner = runner;
    this.request = request;
    this.response = request.response();
    this.script = script;
  }

  void start() {
    response.putHeader("content-type", "application/grpc").setChunked(true);
    response.exceptionHandler(this::gone);
    response.closeHandler(v -> closed.tryComplete());
    request.handler(this::arrived);
    request.endHandler(
        v -> {
          endedBeforeEof = !eof;
          halfClosed.tryComplete();
        });
    request.exceptionHandler(this::gone);
  }

  private void gone(Throwable cause) {
    reset.tryComplete(cause instanceof StreamResetException told ? told.getCode() : -1L);
  }

  private void arrived(Buffer chunk) {
    pending.appendBuffer(chunk);
    int at = 0;
    while (pending.length() - at >= 5 && pending.length() - at >= 5 + pending.getInt(at + 1)) {
      int length = pending.getInt(at + 1);
      byte[] message = pending.getBytes(at + 5, at + 5 + length);
      at += 5 + length;
      message(message);
    }
    pending = pending.getBuffer(at, pending.length());
  }

  private void message(byte[] bytes) {
    ClientMsg message;
    try {
      message = ClientMsg.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("no ClientMsg", e);
    }
    if (message.hasTry()) {
      synchronized (messages) {
        messages.add(bytes);
      }
      tryCall = message.getTry();
      script.accept(this);
    } else if (message.hasData()) {
      data(message.getData());
    }
  }

  private void data(DataFrame frame) {
    Buffer bytes = Buffer.buffer(frame.getData().toByteArray());
    largestFrame = Math.max(largestFrame, bytes.length());
    bodyBytes += bytes.length();
    if (dataHandler != null) {
      dataHandler.handle(bytes);
    } else {
      collected.appendBuffer(bytes);
    }
    if (frame.getEof()) {
      eof = true;
      if (eofHandler != null) {
        eofHandler.handle(null);
      }
      body.tryComplete(collected);
    }
  }

  // ---- what came

  public TryCall tryCall() {
    return tryCall;
  }

  /** The call JSON. */
  public JsonObject json() {
    return new JsonObject(tryCall.getModelsCallJson());
  }

  /** First value of a header in the call JSON, null = none. */
  public String header(String name) {
    JsonObject headers = json().getJsonObject("headers", new JsonObject());
    return headers.containsKey(name) ? headers.getJsonArray(name).getString(0) : null;
  }

  /** The TryCall as it came, without its prefix. */
  public byte[] tryCallBytes() {
    synchronized (messages) {
      return messages.get(0);
    }
  }

  public HttpServerRequest request() {
    return request;
  }

  public Context context() {
    return context;
  }

  /** The whole body, at its eof frame. */
  public Future<Buffer> body() {
    return body.future();
  }

  /** The body as it comes, instead of {@link #body}. */
  public RunnerCall onBody(Handler<Buffer> data, Handler<Void> end) {
    dataHandler = data;
    eofHandler = end;
    return this;
  }

  public int largestFrame() {
    return largestFrame;
  }

  public long bodyBytes() {
    return bodyBytes;
  }

  public boolean eofSeen() {
    return eof;
  }

  /** Whether the client ended its side without an eof frame. */
  public boolean endedBeforeEof() {
    return endedBeforeEof;
  }

  /** The client ended its side. */
  public Future<Void> halfClosed() {
    return halfClosed.future();
  }

  /** The client reset the stream, with this code; -1 = its connection is gone. */
  public Future<Long> reset() {
    return reset.future();
  }

  /** The stream is over. */
  public Future<Void> closed() {
    return closed.future();
  }

  public void pause() {
    request.pause();
  }

  public void resume() {
    request.resume();
  }

  // ---- what is sent

  public RunnerCall start(int status, String... headers) {
    HttpRespMeta.Builder http = HttpRespMeta.newBuilder().setStatusCode(status);
    for (int i = 0; i < headers.length; i += 2) {
      http.addHeaders(HttpHeader.newBuilder().setKey(headers[i]).setValue(headers[i + 1]));
    }
    return send(
        RunnerMsg.newBuilder().setResultStart(CallResultStart.newBuilder().setHttp(http)).build());
  }

  public RunnerCall data(byte[] bytes) {
    return data(bytes, false);
  }

  public RunnerCall data(byte[] bytes, boolean withEof) {
    return send(
        RunnerMsg.newBuilder()
            .setData(DataFrame.newBuilder().setData(ByteString.copyFrom(bytes)).setEof(withEof))
            .build());
  }

  public RunnerCall data(String text) {
    return data(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  public RunnerCall send(RunnerMsg message) {
    return raw(message.toByteArray());
  }

  public RunnerCall finished(CallFinished finished) {
    return send(RunnerMsg.newBuilder().setFinished(finished).build());
  }

  /** A message with its prefix. */
  public RunnerCall raw(byte[] message) {
    return bytes(framed(message));
  }

  static Buffer framed(byte[] message) {
    return Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
  }

  /** Bytes as they are. */
  public RunnerCall bytes(Buffer bytes) {
    if (!response.ended() && !response.closed()) {
      response.write(bytes);
    }
    return this;
  }

  public HttpServerResponse response() {
    return response;
  }

  /** Finish with success and the end with OK. */
  public void succeed() {
    finished(CallFinished.newBuilder().setSuccess(true).setDetails("done").build());
    end(0, "");
  }

  /** Finish with an error and the end with OK. */
  public void fail(int code, String text, boolean user) {
    finished(
        CallFinished.newBuilder().setErrorCode(code).setErrorStr(text).setErrorUser(user).build());
    end(0, "");
  }

  /** Ends the stream in order. */
  public void end(int status, String text) {
    if (!response.ended() && !response.closed()) {
      response.putTrailer("grpc-status", Integer.toString(status));
      if (!text.isEmpty()) {
        response.putTrailer("grpc-message", text);
      }
      response.end();
    }
  }

  public void resetWith(long code) {
    response.reset(code);
  }

  /** Cuts the connection. */
  public void drop() {
    runner.cut(request.connection());
  }

  /** The connection was cut; its server is not told. */
  void gone() {
    reset.tryComplete(-1L);
    closed.tryComplete();
  }

  /** A GOAWAY that says the last stream processed is this one plus the offset. */
  public void goAway(int offset) {
    request.connection().goAway(0, Math.max(0, response.streamId() + offset));
  }
}
