package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gocart.wire.ClosingNotice;
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
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts of the later version line, whose service has another name, are served by the same core. */
class LaterLineTest {
  private static final ServiceName LINE_D =
      ServiceName.create("control_plane_messages", "ControlPlane");
  private static final ServiceName LINE_A = ServiceName.create("messages", "ControlPlane");
  private static final ServiceName HEALTH = ServiceName.create("grpc.health.v1", "Health");
  private static final ServiceName REFLECTION =
      ServiceName.create("grpc.reflection.v1", "ServerReflection");

  /** Field 7 of a question to the reflection service: all services. */
  private static final byte[] LIST = {7 << 3 | 2, 1, '*'};

  /** Field 1 of a question to the health service; a notice has its host in the same field. */
  private static final byte[] NAME_OF_LINE_D =
      ClosingNotice.newBuilder()
          .setHost("control_plane_messages.ControlPlane")
          .build()
          .toByteArray();

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
  }

  @AfterEach
  void stop() {
    a.close();
    Station.await(grpc.close());
    Station.await(vertx.close());
  }

  private void serves(boolean laterLine) {
    a =
        new Station(
            "a",
            Station.FAST,
            StationTls.OFF,
            Station.options(0, List.of(), laterLine, StationTls.OFF, HostRules.DEFAULTS));
  }

  private GrpcClientResponse<Buffer, Buffer> call(
      ServiceName service, String method, byte[] question) {
    ServiceMethod<Buffer, Buffer> called =
        ServiceMethod.client(
            service, method, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
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
    serves(true);
    PingReply pong =
        PingReply.parseFrom(Station.await(call(LINE_D, "Ping", new byte[0]).last()).getBytes());
    assertEquals(a.name().toString(), pong.getHost());
    byte[] known = NegotiateRequest.newBuilder().addKnownHosts("10.9.9.9").build().toByteArray();
    NegotiateReply told =
        NegotiateReply.parseFrom(Station.await(call(LINE_D, "Negotiate", known).last()).getBytes());
    assertEquals(List.of(a.name().toString()), told.getHostsList());
    Station.await(() -> a.node.view().foreign().keySet().toString().contains("10.9.9.9"));
  }

  @Test
  void aMethodWhoseMessagesAreNotKnownIsUnimplemented() {
    serves(true);
    unimplemented("GetCartIds", new byte[0]);
  }

  private void unimplemented(String method, byte[] question) {
    GrpcClientResponse<Buffer, Buffer> response = call(LINE_D, method, question);
    assertTrue(Station.outcome(response.end()).failed(), method);
    assertEquals(GrpcStatus.UNIMPLEMENTED, response.status(), method);
  }

  @Test
  void switchedOffNoneOfItsMethodsIsThereAndTheFirstLineAnswers() throws Exception {
    serves(false);
    byte[] host = ClosingNotice.newBuilder().setHost("10.9.9.9").build().toByteArray();
    unimplemented("Ping", new byte[0]);
    unimplemented("Negotiate", host);
    unimplemented("Closing", host);
    assertEquals(Set.of(), a.node.view().foreign().keySet(), "nothing was taken from it");
    PingReply pong =
        PingReply.parseFrom(Station.await(call(LINE_A, "Ping", new byte[0]).last()).getBytes());
    assertEquals(a.name().toString(), pong.getHost());
  }

  @Test
  void switchedOffItsServiceIsNeitherListedNorAskedForItsHealth() {
    serves(false);
    String listed = Station.await(call(REFLECTION, "ServerReflectionInfo", LIST).last()).toString();
    assertTrue(listed.contains("messages.ControlPlane"), listed);
    assertFalse(listed.contains("control_plane_messages"), listed);
    GrpcClientResponse<Buffer, Buffer> health = call(HEALTH, "Check", NAME_OF_LINE_D);
    assertTrue(Station.outcome(health.end()).failed());
    assertEquals(GrpcStatus.NOT_FOUND, health.status());
  }
}
