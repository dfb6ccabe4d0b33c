package io.busbar.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fn.wire.TryCall;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.StreamResetException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One gRPC call of a {@link FakeFnLb}: sends what it is told, keeps all that comes. */
public final class FakeEngagement {
  private static final long WAIT_SECONDS = 30;

  /**
   * How a call ended for its client.
   *
   * @param http HTTP status, 0 = none came
   * @param status grpc-status, -1 = none came
   * @param text grpc-message, decoded
   * @param resetCode of a RST_STREAM, -1 = none
   * @param messages all that came, raw
   */
  public record End(
      int http, int status, String text, long resetCode, MultiMap headers, List<byte[]> messages) {
    public List<RunnerMsg> runnerMessages() {
      List<RunnerMsg> parsed = new ArrayList<>();
      for (byte[] message : messages) {
        parsed.add(parse(message));
      }
      return parsed;
    }

    /** The finished message, which must be the last one and the only one of its kind. */
    public CallFinished finished() {
      List<RunnerMsg> all = runnerMessages();
      long count = all.stream().filter(RunnerMsg::hasFinished).count();
      if (count != 1 || !all.get(all.size() - 1).hasFinished()) {
        throw new AssertionError("expected one finished, at the end, of " + this + " " + all);
      }
      return all.get(all.size() - 1).getFinished();
    }

    public byte[] body() {
      ByteString body = ByteString.EMPTY;
      for (RunnerMsg message : runnerMessages()) {
        body = body.concat(message.getData().getData());
      }
      return body.toByteArray();
    }
  }

  private final HttpClientRequest request;
  private final BlockingQueue<RunnerMsg> incoming = new LinkedBlockingQueue<>();
  private final List<byte[]> messages = new ArrayList<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private volatile HttpClientResponse response;
  private volatile boolean raw;
  private volatile boolean startPaused;
  private Buffer pending = Buffer.buffer();

  FakeEngagement(HttpClientRequest request) {
    this.request = request;
    request.response().onSuccess(this::answered).onFailure(this::broken);
    request.exceptionHandler(this::broken);
    request.setChunked(true);
    request.sendHead();
  }

  /** The messages that come are no RunnerMsg. */
  public FakeEngagement raw() {
    raw = true;
    return this;
  }

  /** Reads nothing until {@link #resume()}; before the answer comes. */
  public FakeEngagement paused() {
    startPaused = true;
    return this;
  }

  public FakeEngagement resume() {
    // The answer may still be on its way.
    request.response().onSuccess(HttpClientResponse::resume);
    return this;
  }

  public FakeEngagement tryCall(String json) {
    return send(
        ClientMsg.newBuilder()
            .setTry(TryCall.newBuilder().setModelsCallJson(json))
            .build()
            .toByteArray());
  }

  public FakeEngagement data(byte[] bytes, boolean eof) {
    return send(
        ClientMsg.newBuilder()
            .setData(DataFrame.newBuilder().setData(ByteString.copyFrom(bytes)).setEof(eof))
            .build()
            .toByteArray());
  }

  public FakeEngagement data(String text) {
    return data(text.getBytes(StandardCharsets.UTF_8), false);
  }

  /** The empty last frame that Fn sends. */
  public FakeEngagement eof() {
    return data(new byte[0], true);
  }

  /** A message with its prefix. */
  public FakeEngagement send(byte[] message) {
    return bytes(
        Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message));
  }

  /** Bytes as they are. */
  public FakeEngagement bytes(Buffer bytes) {
    request.write(bytes);
    return this;
  }

  public boolean writeQueueFull() {
    return request.writeQueueFull();
  }

  public HttpClientRequest request() {
    return request;
  }

  public FakeEngagement halfClose() {
    request.end();
    return this;
  }

  public FakeEngagement reset() {
    request.reset(8);
    return this;
  }

  /** The next message; waits for it. */
  public RunnerMsg next() {
    try {
      RunnerMsg message = incoming.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message came");
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits for the end. */
  public End end() {
    try {
      return end.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the call did not end", e);
    }
  }

  public boolean ended() {
    return end.isDone();
  }

  private void answered(HttpClientResponse answer) {
    response = answer;
    answer.handler(this::arrived);
    answer.exceptionHandler(this::broken);
    answer.endHandler(v -> finished(answer));
    if (startPaused) {
      answer.pause();
    }
  }

  private void arrived(Buffer chunk) {
    pending.appendBuffer(chunk);
    int at = 0;
    while (pending.length() - at >= 5 && pending.length() - at >= 5 + pending.getInt(at + 1)) {
      int length = pending.getInt(at + 1);
      byte[] message = pending.getBytes(at + 5, at + 5 + length);
      at += 5 + length;
      synchronized (messages) {
        messages.add(message);
      }
      if (!raw) {
        incoming.add(parse(message));
      }
    }
    pending = pending.getBuffer(at, pending.length());
  }

  private void finished(HttpClientResponse answer) {
    String status = answer.getTrailer("grpc-status");
    String text = answer.getTrailer("grpc-message");
    if (status == null) {
      status = answer.getHeader("grpc-status");
      text = answer.getHeader("grpc-message");
    }
    complete(
        answer.statusCode(),
        status == null ? -1 : Integer.parseInt(status),
        text == null ? "" : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8),
        -1,
        answer.headers());
  }

  private void broken(Throwable cause) {
    long code = cause instanceof StreamResetException reset ? reset.getCode() : -1;
    complete(response == null ? 0 : response.statusCode(), -1, String.valueOf(cause), code, null);
  }

  private void complete(int http, int status, String text, long code, MultiMap headers) {
    List<byte[]> all;
    synchronized (messages) {
      all = List.copyOf(messages);
    }
    end.complete(new End(http, status, text, code, headers, all));
  }

  private static RunnerMsg parse(byte[] message) {
    try {
      return RunnerMsg.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("no RunnerMsg", e);
    }
  }
}
