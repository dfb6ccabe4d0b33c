package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.PingReply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers of the first version, as bytes on the wire, and bytes that no peer should send. */
class OldPeerTest {
  private static final ServiceName LINE_A = ServiceName.create("messages", "ControlPlane");

  private Vertx vertx;
  private GrpcClient grpc;
  private Station a;
  private volatile GrpcStatus status;

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

  /** Null = the call ended without a message. */
  private Buffer call(HostName host, String method, Buffer question) {
    ServiceMethod<Buffer, Buffer> called =
        ServiceMethod.client(
            LINE_A, method, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
    return Station.await(
        grpc.request(SocketAddress.inetSocketAddress(host.port(), host.address()), called)
            .compose(
                request -> {
                  request.end(question);
                  return request.response();
                })
            .compose(response -> response.end().map(v -> response).compose(this::last)));
  }

  private io.vertx.core.Future<Buffer> last(GrpcClientResponse<Buffer, Buffer> response) {
    status = response.status();
    return response.last().otherwise((Buffer) null);
  }

  private static Buffer hex(String text) {
    return Buffer.buffer(HexFormat.of().parseHex(text));
  }

  /** A peer that knows no field above 2 and no method of ours. */
  private HttpServer oldPeer(Set<String> asked) {
    GrpcServer server = GrpcServer.server(vertx);
    HttpServer http = Station.await(vertx.createHttpServer().requestHandler(server).listen(0));
    byte[] name = ("127.0.0.1:" + http.actualPort()).getBytes();
    Buffer host = Buffer.buffer(new byte[] {10, (byte) name.length}).appendBytes(name);
    answer(server, "Ping", host, asked);
    answer(server, "Negotiate", host, asked);
    answer(server, "GetCartIds", hex("0a026331"), asked);
    return http;
  }

  private static void answer(GrpcServer server, String method, Buffer bytes, Set<String> asked) {
    server.callHandler(
        ServiceMethod.server(
            LINE_A, method, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY),
        request ->
            request.handler(
                question -> {
                  asked.add(method);
                  request.response().end(bytes);
                }));
  }

  @Test
  void oldPeerReadsWhatItKnowsOfANewNodesAnswer() throws Exception {
    PingReply reply = PingReply.parseFrom(call(a.name(), "Ping", Buffer.buffer()).getBytes());
    assertEquals(a.name().toString(), reply.getHost());
    assertTrue(reply.getUnixTime() > 0);
    Set<Integer> numbers = new TreeSet<>();
    reply.getAllFields().keySet().forEach(field -> numbers.add(field.getNumber()));
    numbers.removeAll(Set.of(1, 2));
    assertTrue(numbers.stream().allMatch(number -> number >= 100), numbers.toString());
  }

  @Test
  void newNodeTakesAnOldPeerInAndEntersItsKeys() {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    HostName old = HostName.parse("127.0.0.1:" + oldPeer(asked).actualPort()).orElseThrow();
    a.onDesk(desk -> desk.learn(List.of(old.toString())));
    a.awaitState(old, Standing.LIVE);
    Station.await(() -> asked.containsAll(Set.of("Ping", "Negotiate", "GetCartIds")));
    Station.await(() -> a.ownership.record("c1") != null);
    assertEquals(old.toString(), a.ownership.record("c1").owner());
    assertEquals(null, a.node.health().of(old));
  }

  @Test
  void oldPeerGetsARefusalInItsOwnFields() throws Exception {
    OwnerChangeAck ack =
        OwnerChangeAck.parseFrom(
            call(a.name(), "ConfirmOwner", hex("0a026331120831302e302e302e32")).getBytes());
    assertFalse(ack.getAccepted());
    assertEquals("host not available", ack.getMessage());
    assertEquals(GrpcStatus.OK, status);
  }

  @Test
  void namesThatAreNoUtf8GetAnAnswerAndAreCounted() throws Exception {
    Buffer reply = call(a.name(), "Negotiate", hex("0a02c328"));
    assertEquals(
        List.of(a.name().toString()),
        NegotiateReply.parseFrom(reply.getBytes()).getHostsList().stream().toList());
    OwnerChangeAck ack =
        OwnerChangeAck.parseFrom(
            call(a.name(), "ConfirmOwner", hex("0a02c328120831302e302e302e32")).getBytes());
    assertEquals("invalid", ack.getMessage());
    assertEquals(2, a.count("busbar.control.plane.alarms", "alarm", "bad_message"));
  }

  private static Buffer names(int bytes) {
    NegotiateRequest.Builder names = NegotiateRequest.newBuilder();
    String name = "x".repeat(1000);
    for (int size = 0; size + 1003 < bytes; size += 1003) {
      names.addKnownHosts(name);
    }
    return Buffer.buffer(names.build().toByteArray());
  }

  @Test
  void messageOfAlmostFourMebibytesIsAnswered() throws Exception {
    Buffer reply = call(a.name(), "Negotiate", names(4 << 20));
    assertEquals(1, NegotiateReply.parseFrom(reply.getBytes()).getHostsCount());
    assertTrue(a.node.view().foreign().isEmpty());
  }

  @Test
  void nodeAnswersOthersAfterAMessageThatIsTooLong() throws Exception {
    Station.await(
        grpc.request(
                SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"),
                ServiceMethod.client(
                    LINE_A, "Negotiate", GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY))
            .compose(
                request -> {
                  request.end(names(5 << 20)).onFailure(cause -> request.cancel());
                  return request.response();
                })
            .compose(response -> response.end().onComplete(v -> status = response.status()))
            .transform(done -> io.vertx.core.Future.succeededFuture()));
    assertFalse(status == GrpcStatus.OK);
    assertEquals(
        a.name().toString(),
        PingReply.parseFrom(call(a.name(), "Ping", Buffer.buffer()).getBytes()).getHost());
  }
}
