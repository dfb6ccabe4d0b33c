package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.busbar.websocket.training.TrainingOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of RFC 6455, right and wrong, at the three endpoints. */
class FramingTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final int FIN = 0x80;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final byte[] NOTHING = {};
  private static final List<String> PATHS =
      List.of("/ws/training", "/ws/control", "/ws/v1/workers");
  private static JuniperNode node;

  @BeforeAll
  static void start() throws Exception {
    node =
        JuniperNode.start(
            CLUSTER,
            "a",
            TrainingOptions.DEFAULTS.withCaps(1000, 1000),
            ControlOptions.DEFAULTS.with(ControlOptions.Gates.DEFAULTS.withOrigins()));
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop();
    CLUSTER.close();
  }

  /** One frame to be sent. */
  record Sent(int head, byte[] payload) {
    static Sent text(int head, String payload) {
      return new Sent(head, payload.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return Integer.toHexString(head) + "+" + payload.length;
    }
  }

  private static byte[] close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    return payload;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** What breaks a rule, and the code it is closed with. */
  static Stream<Arguments> faults() {
    byte[] notUtf8 = bytes(0xff, 0xfe);
    byte[] surrogate = bytes(0xed, 0xa0, 0x80);
    byte[] overlong = bytes(0xc0, 0xaf);
    byte[] beyond = bytes(0xf4, 0x90, 0x80, 0x80);
    return Stream.of(
            List.of("first reserved bit", 1002, new Sent(FIN | 0x40 | TEXT, NOTHING)),
            List.of("second reserved bit", 1002, new Sent(FIN | 0x20 | TEXT, NOTHING)),
            List.of("third reserved bit", 1002, new Sent(FIN | 0x10 | TEXT, NOTHING)),
            List.of("reserved bit of a ping", 1002, new Sent(FIN | 0x40 | PING, NOTHING)),
            List.of("opcode 3", 1002, new Sent(FIN | 3, NOTHING)),
            List.of("opcode 7", 1002, new Sent(FIN | 7, NOTHING)),
            List.of("opcode 11", 1002, new Sent(FIN | 11, NOTHING)),
            List.of("opcode 15", 1002, new Sent(FIN | 15, NOTHING)),
            List.of("continuation of nothing", 1002, new Sent(FIN | CONTINUATION, NOTHING)),
            List.of("open continuation of nothing", 1002, new Sent(CONTINUATION, NOTHING)),
            List.of(
                "text within a text", 1002, new Sent(TEXT, NOTHING), new Sent(FIN | TEXT, NOTHING)),
            List.of(
                "binary within a text",
                1002,
                new Sent(TEXT, NOTHING),
                new Sent(FIN | BINARY, NOTHING)),
            List.of("fragmented ping", 1002, new Sent(PING, NOTHING)),
            List.of("fragmented close", 1002, new Sent(CLOSE, NOTHING)),
            List.of("ping of 126 bytes", 1002, new Sent(FIN | PING, new byte[126])),
            List.of(
                "close of 126 bytes", 1002, new Sent(FIN | CLOSE, close(1000, "x".repeat(124)))),
            List.of("close of one byte", 1002, new Sent(FIN | CLOSE, new byte[1])),
            List.of("close with 999", 1002, new Sent(FIN | CLOSE, close(999, ""))),
            List.of("close with 1004", 1002, new Sent(FIN | CLOSE, close(1004, ""))),
            List.of("close with 1005", 1002, new Sent(FIN | CLOSE, close(1005, ""))),
            List.of("close with 1006", 1002, new Sent(FIN | CLOSE, close(1006, ""))),
            List.of("close with 1015", 1002, new Sent(FIN | CLOSE, close(1015, ""))),
            List.of("text that is not UTF-8", 1007, new Sent(FIN | TEXT, notUtf8)),
            List.of("half of a surrogate pair", 1007, new Sent(FIN | TEXT, surrogate)),
            List.of("overlong form", 1007, new Sent(FIN | TEXT, overlong)),
            List.of("beyond the last character", 1007, new Sent(FIN | TEXT, beyond)),
            List.of("character cut at the end", 1007, new Sent(FIN | TEXT, bytes(0xc3))),
            List.of(
                "not UTF-8 in the second fragment",
                1007,
                Sent.text(TEXT, "{"),
                new Sent(FIN | CONTINUATION, notUtf8)))
        .flatMap(FramingTest::atEach);
  }

  private static Stream<Arguments> atEach(List<?> row) {
    List<Sent> frames = row.stream().skip(2).map(Sent.class::cast).toList();
    return PATHS.stream().map(path -> Arguments.of(path, row.get(0), row.get(1), frames));
  }

  private static RawWebSocket open(String path) throws Exception {
    RawWebSocket client = new RawWebSocket(node.socket(path));
    client.json("connection_established");
    return client;
  }

  private static double faults(int code) {
    return node.meters.counter("busbar.http.websocket.faults", "code", "" + code).count();
  }

  @ParameterizedTest(name = "{0}: {1} closes with {2}")
  @MethodSource("faults")
  void aFaultIsClosedWithItsCode(String path, String what, int code, List<Sent> frames)
      throws Exception {
    double before = faults(code);
    try (RawWebSocket client = open(path)) {
      for (Sent frame : frames) {
        client.frame(frame.head(), frame.payload());
      }
      assertEquals(code, client.closeCode(), what);
      assertEquals(before + 1, faults(code));
    }
  }

  /** As two frames arrive at a busy node. */
  @Test
  void aFaultThatIsReadTogetherWithAGoodFrameIsClosedWithItsCode() throws Exception {
    for (String path : PATHS) {
      try (RawWebSocket client = open(path)) {
        client.together(TEXT, FIN | TEXT);
        assertEquals(1002, client.closeCode(), path);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1011, 1012, 3000, 3999, 4000, 4999})
  void aCloseIsAnsweredWithItsCode(int code) throws Exception {
    for (String path : PATHS) {
      try (RawWebSocket client = open(path)) {
        client.frame(FIN | CLOSE, close(code, "bye"));
        assertEquals(code, client.closeCode());
      }
    }
  }

  @Test
  void aCloseWithoutACodeIsAnswered() throws Exception {
    for (String path : PATHS) {
      try (RawWebSocket client = open(path)) {
        client.frame(FIN | CLOSE, NOTHING);
        assertTrue(List.of("", "1000", "1005").contains(client.closed()));
      }
    }
  }

  /** A command in pieces is the command. */
  @Test
  void fragmentsAreJoinedAlsoAroundPings() throws Exception {
    try (RawWebSocket client = open("/ws/control")) {
      String text = "{\"command\":\"nope\",\"command_id\":\"\u00e9\"}";
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < bytes.length; i++) {
        int head = i == 0 ? TEXT : CONTINUATION;
        client.frame(i == bytes.length - 1 ? FIN | head : head, new byte[] {bytes[i]});
        client.frame(FIN | PING, new byte[] {(byte) i});
        client.frame(FIN | PONG, NOTHING);
      }
      JsonObject data = client.json("command_response").getJsonObject("data");
      assertEquals("\u00e9", data.getString("command_id"));
    }
  }

  @Test
  void emptyFragmentsAreJoinedToo() throws Exception {
    try (RawWebSocket client = open("/ws/control")) {
      client.frame(TEXT, NOTHING);
      client.frame(CONTINUATION, NOTHING);
      client.frame(FIN | CONTINUATION, "[]".getBytes(StandardCharsets.UTF_8));
      client.json("command_response");
    }
  }

  @Test
  void aPingIsAnsweredWithItsPayload() throws Exception {
    for (String path : PATHS) {
      try (RawWebSocket client = open(path)) {
        byte[] payload = new byte[125];
        payload[7] = 7;
        client.frame(FIN | PING, payload);
        assertEquals(java.util.HexFormat.of().formatHex(payload), client.pong());
      }
    }
  }

  @Test
  void aMessageOverTheLimitIsClosedBeforeItIsThere() throws Exception {
    for (String path : PATHS) {
      double before = faults(1009);
      try (RawWebSocket client = open(path)) {
        client.announce(FIN | TEXT, 100L << 20);
        assertEquals(1009, client.closeCode());
        assertEquals(before + 1, faults(1009));
      }
    }
  }

  @Test
  void fragmentsOverTheLimitAreClosed() throws Exception {
    for (String path : PATHS) {
      try (RawWebSocket client = open(path)) {
        byte[] part = new byte[4 << 20];
        client.frame(BINARY, part);
        for (int i = 0; i < 4; i++) {
          client.frame(CONTINUATION, part);
        }
        assertEquals(1009, client.closeCode());
      }
    }
  }

  @Test
  void anUnknownPathIsRefusedWith403() throws Exception {
    for (String path : List.of("/ws", "/ws/", "/ws/training/", "/ws/other", "/")) {
      URI uri = node.socket(path);
      assertEquals(403, RawWebSocket.status(uri), path);
    }
  }
}
