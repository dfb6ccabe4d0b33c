package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.PingReply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts of the later version line, whose service has another name, are served by the same core. */
class LaterLineTest {
  private static final ServiceName LINE_D =
      ServiceName.create("control_plane_messages", "ControlPlane");

  private Vertx vertx;
  private GrpcClient grpc;
  private Station a;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    grpc =
        GrpcClient.client(
            vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    a = new Station("a", List.of());
  }

  @AfterEach
  void stop() {
    a.close();
    Station.await(grpc.close());
    Station.await(vertx.close());
  }

  private GrpcClientResponse<Buffer, Buffer> call(String method, byte[] question) {
    ServiceMethod<Buffer, Buffer> called =
        ServiceMethod.client(
            LINE_D, method, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
    return Station.await(
        grpc.request(SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"), called)
            .compose(
                request -> {
                  request.end(Buffer.buffer(question));
                  return request.response();
                }));
  }

  @Test
  void pingAndNegotiateAreAnsweredAsOnTheFirstLine() throws Exception {
    PingReply pong =
        PingReply.parseFrom(Station.await(call("Ping", new byte[0]).last()).getBytes());
    assertEquals(a.name().toString(), pong.getHost());
    byte[] known = NegotiateRequest.newBuilder().addKnownHosts("10.9.9.9").build().toByteArray();
    NegotiateReply told =
        NegotiateReply.parseFrom(Station.await(call("Negotiate", known).last()).getBytes());
    assertEquals(List.of(a.name().toString()), told.getHostsList());
    Station.await(() -> a.node.view().foreign().keySet().toString().contains("10.9.9.9"));
  }

  @Test
  void aMethodWhoseMessagesAreNotKnownIsUnimplemented() {
    GrpcClientResponse<Buffer, Buffer> response = call("GetCartIds", new byte[0]);
    assertTrue(Station.outcome(response.end()).failed());
    assertEquals(GrpcStatus.UNIMPLEMENTED, response.status());
  }
}
