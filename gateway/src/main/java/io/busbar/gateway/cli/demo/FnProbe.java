package io.busbar.gateway.cli.demo;

import com.google.protobuf.ByteString;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.ClientMsg;
import io.busbar.fn.wire.DataFrame;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fn.wire.TryCall;
import io.busbar.gateway.process.ReadyLine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;

/** {@code RunnerProtocol/Engage}, as an Fn load balancer calls it. */
final class FnProbe implements FrontProbe {
  private static final int FRAME = 10_240;
  private static final ServiceMethod<RunnerMsg, ClientMsg> ENGAGE =
      ServiceMethod.client(
          ServiceName.create("RunnerProtocol"),
          "Engage",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(RunnerMsg.newBuilder()));

  private final String name;
  private final GrpcClient client;
  private final SocketAddress address;

  FnProbe(Vertx vertx, ReadyLine node) {
    this.name = node.node() + " Fn Engage";
    this.client = GrpcClient.client(vertx);
    this.address = SocketAddress.inetSocketAddress(node.port("runner"), node.host("runner"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Future<Buffer> call(WorkerCase work) {
    return client.request(address, ENGAGE).compose(request -> exchange(request, work));
  }

  private static Future<Buffer> exchange(
      GrpcClientRequest<ClientMsg, RunnerMsg> request, WorkerCase work) {
    Promise<Buffer> answer = Promise.promise();
    Buffer body = Buffer.buffer();
    request
        .response()
        .onFailure(answer::tryFail)
        .onSuccess(
            response -> {
              response.exceptionHandler(answer::tryFail);
              response.errorHandler(error -> answer.tryFail("stream ended with " + error));
              response.endHandler(
                  end ->
                      answer.tryFail("stream ended with " + response.status() + " and no finish"));
              response.handler(
                  message -> {
                    if (message.hasData()) {
                      body.appendBytes(message.getData().getData().toByteArray());
                    } else if (message.hasFinished()) {
                      finish(message.getFinished(), body, answer);
                    }
                  });
            });
    request.write(ClientMsg.newBuilder().setTry(tryCall(work)).build());
    for (int at = 0; at < work.body().length(); at += FRAME) {
      Buffer part = work.body().slice(at, Math.min(work.body().length(), at + FRAME));
      request.write(frame(ByteString.copyFrom(part.getBytes()), false));
    }
    // The end of the body is this frame; half-closing after it is allowed.
    request.end(frame(ByteString.EMPTY, true)).onFailure(answer::tryFail);
    return answer.future();
  }

  private static void finish(CallFinished finished, Buffer body, Promise<Buffer> answer) {
    if (finished.getSuccess()) {
      answer.tryComplete(body);
    } else {
      answer.tryFail(finished.getErrorCode() + " " + finished.getErrorStr());
    }
  }

  private static ClientMsg frame(ByteString data, boolean eof) {
    return ClientMsg.newBuilder().setData(DataFrame.newBuilder().setData(data).setEof(eof)).build();
  }

  private static TryCall tryCall(WorkerCase work) {
    JsonObject call =
        new JsonObject()
            .put("id", "01HZX3T7Q4NG8G00GZJ0000042")
            .put("status", "running")
            .put("type", "sync")
            .put("method", "POST")
            .put("timeout", 30)
            .put("idle_timeout", 30)
            .put("app_id", "demo")
            .put("app_name", "demo")
            .put("fn_id", work.pool())
            .put(
                "headers",
                new JsonObject().put("Content-Type", new JsonArray().add(work.contentType())));
    return TryCall.newBuilder().setModelsCallJson(call.encode()).build();
  }
}
