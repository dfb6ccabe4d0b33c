package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices that are not true, and answers of a foreign host that are no messages. */
class BadInputTest {
  private static final ServiceName LINE_A = ServiceName.create("messages", "ControlPlane");

  /** A string of two bytes that are no UTF-8, as field 1. */
  private static final String NO_TEXT = "0a02c328";

  /** What the raw host answers, in hex, by method. */
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Queue<Throwable> unhandled = new ConcurrentLinkedQueue<>();
  private Vertx vertx;
  private HttpServer server;
  private HostName raw;
  private Station a;
  private PeerCalls client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    GrpcServer grpc = GrpcServer.server(vertx);
    server = Station.await(vertx.createHttpServer().requestHandler(grpc).listen(0, "127.0.0.1"));
    raw = new HostName("127.0.0.1", server.actualPort());
    String name = raw.toString();
    String itself = "0a%02x".formatted(name.length()) + HexFormat.of().formatHex(name.getBytes());
    for (String method : List.of("Ping", "Negotiate")) {
      serve(grpc, method, itself);
    }
    serve(grpc, "GetCartIds", "");
    client = new PeerCalls(vertx, "10.9.9.9", 30);
  }

  private void serve(GrpcServer grpc, String method, String answer) {
    answers.put(method, answer);
    asked.put(method, new AtomicInteger());
    grpc.callHandler(
        ServiceMethod.server(
            LINE_A, method, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY),
        request ->
            request.handler(
                question -> {
                  asked.get(method).incrementAndGet();
                  byte[] bytes = HexFormat.of().parseHex(answers.get(method));
                  request.response().end(Buffer.buffer(bytes));
                }));
  }

  private void joined() {
    a = new Station("a", 0, List.of(raw), Station.PATIENT);
    a.vertx.exceptionHandler(unhandled::add);
    a.awaitState(raw, Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    a.close();
    Station.await(server.close());
    Station.await(vertx.close());
    assertEquals(List.of(), List.copyOf(unhandled));
  }

  private OwnerChangeAck closing(String host) {
    return Station.await(
        client.closing(a.name(), ClosingNotice.newBuilder().setHost(host).build()));
  }

  private boolean grants(String key) {
    OwnerChangeRequest request =
        OwnerChangeRequest.newBuilder().setCartId(key).setNewHost(raw.toString()).build();
    return Station.await(client.confirm(a.name(), request)).getAccepted();
  }

  private List<String> named() {
    return Station.await(client.negotiate(a.name(), NegotiateRequest.getDefaultInstance()))
        .getHostsList();
  }

  private void askedAgain(String method, int times) {
    int before = asked.get(method).get();
    Station.await(() -> asked.get(method).get() >= before + times);
  }

  @Test
  void aNodeGoesOnAfterANoticeThatSaysThatItCloses() {
    joined();
    OwnerChangeAck ack = closing(a.name().toString());
    assertFalse(ack.getAccepted());
    assertEquals("this host does not close", ack.getMessage());
    assertEquals(1, a.count("busbar.control.plane.alarms", "alarm", "spoofed_closing"));
    Station.await(a.turn(300));
    assertEquals(NodeState.UP, a.node.view().state());
    assertTrue(named().contains(a.name().toString()));
    assertTrue(grants("k"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "[", "x:99999999"})
  void aNoticeOfNoHostIsRefusedAndCounted(String host) {
    joined();
    OwnerChangeAck ack = closing(host);
    assertFalse(ack.getAccepted());
    assertEquals(OwnerChangeCode.INVALID, ack.getCode());
    assertEquals(1, a.count("busbar.control.plane.alarms", "alarm", "bad_host"));
    assertTrue(a.isAlive(raw));
  }

  @Test
  void aHostWhoseOtherAnswersAreNoMessagesStaysAndItsKeysAreReadLater() {
    answers.put("GetCartIds", NO_TEXT);
    answers.put("Negotiate", "ffff");
    joined();
    askedAgain("GetCartIds", 2);
    askedAgain("Negotiate", 2);
    assertTrue(a.isAlive(raw));
    assertTrue(named().contains(raw.toString()));
    answers.put("GetCartIds", "0a026331");
    Station.await(() -> a.ownership.record("c1") != null);
    assertEquals(raw.toString(), a.ownership.record("c1").owner());
  }

  @Test
  void aHostWhosePingsAreAnsweredWithNoMessageIsSuspect() {
    joined();
    answers.put("Ping", NO_TEXT);
    a.awaitState(raw, Standing.SUSPECT);
    askedAgain("Ping", 2);
    assertFalse(named().contains(raw.toString()));
    assertFalse(grants("k"), "a key for a suspect");
  }
}
