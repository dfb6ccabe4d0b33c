package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server does with a client that breaks the rules of RFC 9113 or wears it out. */
class PeerFaultsTest {
  private static final Http2Limits LIMITS = RecordedConnection.limits(2, 65_535, 1 << 20, 5, 50);

  private final RecordedConnection server = RecordedConnection.greetedServer(LIMITS);

  @AfterEach
  void nothingLeaks() {
    server.channel.finishAndReleaseAll();
  }

  private List<Wire.Frame> frames(ByteBuf... in) {
    for (ByteBuf frame : in) {
      server.channel.writeInbound(frame);
    }
    return Wire.frames(server.channel);
  }

  private void ends(Http2Error code, ByteBuf... in) {
    List<Wire.Frame> frames = frames(in);
    assertFalse(frames.isEmpty(), "nothing was answered");
    Wire.Frame last = frames.get(frames.size() - 1);
    assertEquals(Frames.GOAWAY, last.type());
    assertEquals(code.code(), last.code());
    server.channel.runPendingTasks();
    assertFalse(server.channel.isOpen());
    assertTrue(server.closed.startsWith("HTTP/2: "), server.closed);
  }

  private void resets(Http2Error code, int stream, ByteBuf... in) {
    List<Wire.Frame> frames = frames(in);
    Wire.Frame last = frames.get(frames.size() - 1);
    assertEquals(Frames.RST_STREAM, last.type());
    assertEquals(stream, last.stream());
    assertEquals(code.code(), last.number());
    assertTrue(server.channel.isOpen());
  }

  @Test
  void dataOnAStreamThatWasNeverOpenedEndsTheConnection() {
    ends(Http2Error.PROTOCOL_ERROR, Wire.data(1, 3, false));
  }

  @Test
  void dataAfterTheEndResetsTheStream() {
    resets(Http2Error.STREAM_CLOSED, 1, Wire.request(1, true), Wire.data(1, 3, false));
    assertEquals("data after its end", server.streams.get(0).broken);
  }

  @Test
  void headersAfterTheEndResetTheStream() {
    resets(Http2Error.STREAM_CLOSED, 1, Wire.request(1, true), Wire.request(1, true));
  }

  @Test
  void framesOfAStreamThatWasResetHereAreIgnored() {
    frames(Wire.request(1, false));
    server.streams.get(0).stream.reset(Http2Error.CANCEL);
    Wire.frames(server.channel);
    List<Wire.Frame> answers =
        frames(Wire.data(1, 100, false), Wire.reset(1, 8), Wire.windowUpdate(1, 5));
    assertTrue(answers.isEmpty(), answers::toString);
    assertEquals(0, server.streams.get(0).data.readableBytes());
    assertTrue(server.streams.get(0).closed);
  }

  @Test
  void anEvenStreamNumberEndsTheConnection() {
    ends(Http2Error.PROTOCOL_ERROR, Wire.request(2, true));
  }

  @Test
  void aSmallerStreamNumberEndsTheConnection() {
    ends(Http2Error.STREAM_CLOSED, Wire.request(5, true), Wire.request(3, true));
  }

  @Test
  void moreStreamsThanAllowedAreRefusedAndTheOthersGoOn() {
    resets(
        Http2Error.REFUSED_STREAM,
        5,
        Wire.request(1, false),
        Wire.request(3, false),
        Wire.request(5, false));
    assertEquals(2, server.connection.openStreams());
    frames(Wire.data(1, 3, true));
    assertTrue(server.streams.get(0).ended);
  }

  @Test
  void aRequestWithoutAPathIsReset() {
    resets(Http2Error.PROTOCOL_ERROR, 1, Wire.frame(Frames.HEADERS, 5, 1, "83 86"));
  }

  @Test
  void aRequestWithTwoMethodsIsReset() {
    resets(Http2Error.PROTOCOL_ERROR, 1, Wire.frame(Frames.HEADERS, 5, 1, "82 83 86 84"));
  }

  @Test
  void aHeaderOfHttp1IsReset() {
    String connection = "00 0a 636f6e6e656374696f6e 05 636c6f7365";
    resets(Http2Error.PROTOCOL_ERROR, 1, Wire.frame(Frames.HEADERS, 5, 1, "83 86 84" + connection));
  }

  @Test
  void aRequestShorterThanItsContentLengthIsReset() {
    String length = "0f 0d 01 35";
    resets(
        Http2Error.PROTOCOL_ERROR,
        1,
        Wire.frame(Frames.HEADERS, 4, 1, "83 86 84" + length),
        Wire.data(1, 4, true));
  }

  @Test
  void headersBeyondTheLimitAreAnswered431AndTheConnectionGoesOn() {
    String field = "00 01 61 7f c1 3d" + "61".repeat(8000) + "00 01 61 7f 6d" + "61".repeat(236);
    List<Wire.Frame> answers = frames(Wire.frame(Frames.HEADERS, 5, 1, "83 86 84" + field));
    assertEquals("4803343331", ByteBufUtil.hexDump(answers.get(0).payload()));
    assertEquals(Frames.END_HEADERS | Frames.END_STREAM, answers.get(0).flags());
    assertNull(server.closed);
    frames(Wire.request(3, true));
    assertTrue(server.streams.get(server.streams.size() - 1).ended);
  }

  @Test
  void aBrokenHeaderBlockEndsTheConnection() {
    ends(Http2Error.COMPRESSION_ERROR, Wire.frame(Frames.HEADERS, 5, 1, "83 86 84 ff ff ff"));
  }

  @Test
  void aWindowThatGrowsTooLargeEndsTheConnection() {
    ends(Http2Error.FLOW_CONTROL_ERROR, Wire.windowUpdate(0, Integer.MAX_VALUE));
  }

  @Test
  void aStreamWindowThatGrowsTooLargeResetsTheStream() {
    resets(
        Http2Error.FLOW_CONTROL_ERROR,
        1,
        Wire.request(1, true),
        Wire.windowUpdate(1, Integer.MAX_VALUE));
  }

  @Test
  void aWindowUpdateOfNothingResetsTheStream() {
    resets(Http2Error.PROTOCOL_ERROR, 1, Wire.request(1, true), Wire.windowUpdate(1, 0));
  }

  @Test
  void settingsThatCannotBeEndTheConnection() {
    ends(Http2Error.FLOW_CONTROL_ERROR, Wire.setting(Frames.INITIAL_WINDOW_SIZE, -1));
  }

  @Test
  void anInitialWindowThatMakesAStreamsWindowTooLargeEndsTheConnection() {
    ends(
        Http2Error.FLOW_CONTROL_ERROR,
        Wire.request(1, true),
        Wire.windowUpdate(1, 1 << 20),
        Wire.setting(Frames.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE));
  }

  @Test
  void moreDataThanTheStreamsWindowResetsIt() {
    frames(Wire.request(1, false));
    server.streams.get(0).holds = true;
    frames(Wire.data(1, 16_384, false), Wire.data(1, 16_384, false), Wire.data(1, 16_384, false));
    resets(Http2Error.FLOW_CONTROL_ERROR, 1, Wire.data(1, 16_384, false));
    assertEquals(3 * 16_384, server.streams.get(0).data.readableBytes());
  }

  @Test
  void aFloodOfResetsEndsTheConnection() {
    for (int i = 0; i < 5; i++) {
      frames(Wire.request(1 + 2 * i, false), Wire.reset(1 + 2 * i, 8));
    }
    assertTrue(server.channel.isOpen());
    ends(Http2Error.ENHANCE_YOUR_CALM, Wire.request(11, false), Wire.reset(11, 8));
  }

  @Test
  void aFloodOfStreamsThatAreBrokenEndsTheConnectionJustSo() {
    for (int i = 0; i < 5; i++) {
      frames(Wire.request(1 + 2 * i, true), Wire.windowUpdate(1 + 2 * i, 0));
    }
    ends(Http2Error.ENHANCE_YOUR_CALM, Wire.request(11, true), Wire.windowUpdate(11, 0));
  }

  @Test
  void aFloodOfPingsEndsTheConnection() {
    ByteBuf pings = Unpooled.buffer();
    for (int i = 0; i < 100; i++) {
      pings.writeBytes(Wire.frame(Frames.PING, 0, 0, "0000000000000000"));
    }
    ends(Http2Error.ENHANCE_YOUR_CALM, pings);
  }

  @Test
  void aFloodOfSettingsEndsTheConnection() {
    ByteBuf settings = Unpooled.buffer();
    for (int i = 0; i < 100; i++) {
      settings.writeBytes(Wire.settings());
    }
    ends(Http2Error.ENHANCE_YOUR_CALM, settings);
  }

  @Test
  void aFloodOfEmptyDataEndsTheConnection() {
    frames(Wire.request(1, false));
    ByteBuf empty = Unpooled.buffer();
    for (int i = 0; i < 100; i++) {
      empty.writeBytes(Wire.data(1, 0, false));
    }
    ends(Http2Error.ENHANCE_YOUR_CALM, empty);
  }

  @Test
  void windowUpdatesOfAClientThatReadsAreNoFlood() {
    frames(Wire.request(1, true));
    Http2Stream stream = server.streams.get(0).stream;
    for (int i = 0; i < 500; i++) {
      stream.write(Unpooled.wrappedBuffer(new byte[1000]), false);
      frames(Wire.windowUpdate(0, 1000), Wire.windowUpdate(1, 1000));
    }
    assertTrue(server.channel.isOpen());
  }

  @Test
  void priorityAndUnknownFramesChangeNothing() {
    List<Wire.Frame> answers =
        frames(
            Wire.frame(Frames.PRIORITY, 0, 7, "00000003 01"),
            Wire.frame(0x42, 9, 3, "010203"),
            Wire.setting(0x99, 5));
    assertEquals(1, answers.size());
    assertEquals(Frames.SETTINGS, answers.get(0).type());
  }

  @Test
  void whatIsNoHttp2IsToldSo() {
    RecordedConnection other = RecordedConnection.server(LIMITS);
    Wire.written(other.channel);
    other.channel.writeInbound(
        Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", java.nio.charset.StandardCharsets.UTF_8));
    String answer = Wire.written(other.channel).toString(java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(answer.startsWith("HTTP/1.1 505 "), answer);
    other.channel.runPendingTasks();
    assertFalse(other.channel.isOpen());
    other.channel.finishAndReleaseAll();
  }
}
