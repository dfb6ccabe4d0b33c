package io.busbar.contract;

import com.google.protobuf.ByteString;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fn.wire.TryCall;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code RunnerProtocol/Engage} as an Fn load balancer uses it: no half-close, 10,240-byte frames.
 */
final class FnFrontSide implements FrontSide {
  private static final int FRAME = 10_240;
  private static final ServiceMethod<RunnerMsg, ClientMsg> ENGAGE =
      ServiceMethod.client(
          ServiceName.create("RunnerProtocol"),
          "Engage",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(RunnerMsg.newBuilder()));

  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client = GrpcClient.client(vertx);
  private final SocketAddress address;

  FnFrontSide(String host, int port) {
    this.address = SocketAddress.inetSocketAddress(port, host);
  }

  @Override
  public Exchange open(String pool, Map<String, String> headers, long timeoutMillis) {
    FnExchange exchange = new FnExchange();
    client
        .request(address, ENGAGE)
        .onFailure(exchange::broken)
        .onSuccess(request -> exchange.start(request, tryCall(pool, headers, timeoutMillis)));
    return exchange;
  }

  private static TryCall tryCall(String pool, Map<String, String> headers, long timeoutMillis) {
    JsonObject wire = new JsonObject();
    headers.forEach((name, value) -> wire.put(name, new JsonArray().add(value)));
    JsonObject call =
        new JsonObject()
            .put("id", "01HZX3T7Q4NG8G00GZJ0000042")
            .put("status", "running")
            .put("type", "sync")
            .put("method", "POST")
            .put("timeout", (timeoutMillis + 999) / 1000)
            .put("idle_timeout", 30)
            .put("app_id", "contract")
            .put("fn_id", pool)
            .put("headers", wire);
    return TryCall.newBuilder().setModelsCallJson(call.encode()).build();
  }

  @Override
  public String shown(FailureCode code) {
    return Integer.toString(code.status());
  }

  @Override
  public void vanish() {
    close();
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("client did not close", e);
    }
  }

  private static final class FnExchange implements Exchange {
    private final Promise<GrpcClientRequest<ClientMsg, RunnerMsg>> request = Promise.promise();
    private final Promise<GrpcClientResponse<ClientMsg, RunnerMsg>> response = Promise.promise();
    private final Promise<Integer> answered = Promise.promise();
    private final Promise<Result> result = Promise.promise();
    private final Arrivals arrivals = new Arrivals();
    private int status;

    void start(GrpcClientRequest<ClientMsg, RunnerMsg> opened, TryCall call) {
      opened.exceptionHandler(this::broken);
      opened
          .response()
          .onFailure(this::broken)
          .onSuccess(
              incoming -> {
                incoming.exceptionHandler(this::broken);
                incoming.errorHandler(e -> broken(new IllegalStateException("stream: " + e)));
                incoming.endHandler(
                    v -> broken(new IllegalStateException("no finish: " + incoming.status())));
                incoming.handler(this::message);
                response.tryComplete(incoming);
              });
      opened.write(ClientMsg.newBuilder().setTry(call).build());
      request.tryComplete(opened);
    }

    private void message(RunnerMsg message) {
      switch (message.getBodyCase()) {
        case RESULT_START:
          status = message.getResultStart().getHttp().getStatusCode();
          answered.tryComplete(status);
          break;
        case DATA:
          arrivals.add(Buffer.buffer(message.getData().getData().toByteArray()));
          break;
        case FINISHED:
          finished(message.getFinished());
          break;
        default:
          broken(new IllegalStateException("message " + message.getBodyCase()));
      }
    }

    private void finished(CallFinished end) {
      if (end.getSuccess()) {
        finish(true, "", null, "");
      } else {
        String code = Integer.toString(end.getErrorCode());
        // Only "too busy" says that a retry is safe; other codes say nothing of it.
        finish(false, code, end.getErrorCode() == 503 ? true : null, end.getErrorStr());
      }
    }

    private void broken(Throwable cause) {
      request.tryFail(cause);
      response.tryFail(cause);
      finish(false, "reset", null, String.valueOf(cause));
    }

    private void finish(boolean whole, String failure, Boolean retrySafe, String detail) {
      answered.tryFail(detail);
      if (result.tryComplete(
          new Result(
              whole, status, failure, retrySafe, arrivals.bytes(), arrivals.checksum(), detail))) {
        arrivals.end();
      }
    }

    @Override
    public Future<Void> write(Buffer data) {
      return request
          .future()
          .compose(
              opened -> {
                Future<Void> last = Future.succeededFuture();
                for (int at = 0; at < data.length(); at += FRAME) {
                  Buffer part = data.slice(at, Math.min(data.length(), at + FRAME));
                  last = opened.write(frame(ByteString.copyFrom(part.getBytes()), false));
                }
                return last;
              });
    }

    private static ClientMsg frame(ByteString data, boolean eof) {
      return ClientMsg.newBuilder()
          .setData(DataFrame.newBuilder().setData(data).setEof(eof))
          .build();
    }

    @Override
    public Future<Void> endBody() {
      return request.future().compose(opened -> opened.write(frame(ByteString.EMPTY, true)));
    }

    @Override
    public Future<Integer> answered() {
      return answered.future();
    }

    @Override
    public Future<Long> received(long atLeast) {
      return arrivals.reached(atLeast);
    }

    @Override
    public Future<Result> result() {
      return result.future();
    }

    @Override
    public void pauseReading() {
      response.future().onSuccess(GrpcClientResponse::pause);
    }

    @Override
    public void resumeReading() {
      response.future().onSuccess(GrpcClientResponse::resume);
    }

    @Override
    public void cancel() {
      request.future().onSuccess(GrpcClientRequest::cancel);
    }
  }
}
