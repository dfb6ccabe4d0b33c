package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of a connection byte by byte: hello, streams, farewell. */
class ConnectionLifeTest {
  private static final HeaderField STATUS = HeaderField.of(":status", "200");
  private static final HeaderField END = HeaderField.of("grpc-status", "0");
  private static final HeaderBlock REQUEST =
      HeaderBlock.of(
          HeaderField.of(":method", "POST"),
          HeaderField.of(":scheme", "http"),
          HeaderField.of(":path", "/"));

  private static String hex(RecordedConnection side) {
    return ByteBufUtil.hexDump(Wire.written(side.channel));
  }

  @Test
  void aClientSaysHelloInOneWrite() {
    RecordedConnection client =
        RecordedConnection.client(RecordedConnection.limits(0, 100_000, 65_536, 10, 10));
    assertEquals(1, client.channel.outboundMessages().size());
    assertEquals(
        ByteBufUtil.hexDump(Wire.preface())
            + "000012 04 00 00000000 0002 00000000 0004 000186a0 0006 00002000".replace(" ", "")
            + "000004 08 00 00000000 00000001".replace(" ", ""),
        hex(client));
  }

  @Test
  void aServerSaysHowManyStreamsMayBeOpen() {
    RecordedConnection server =
        RecordedConnection.server(RecordedConnection.limits(7, 65_535, 65_535, 10, 10));
    assertEquals("", hex(server), "before it is clear that the client speaks HTTP/2");
    server.channel.writeInbound(Wire.preface());
    assertEquals(
        "000012 04 00 00000000 0003 00000007 0004 0000ffff 0006 00002000".replace(" ", ""),
        hex(server));
  }

  @Test
  void settingsAndPingsAreAcknowledged() {
    RecordedConnection server = RecordedConnection.server(RecordedConnection.LIMITS);
    server.channel.writeInbound(Wire.preface());
    hex(server);
    server.channel.writeInbound(Wire.settings(), Wire.frame(Frames.PING, 0, 0, "0102030405060708"));
    assertEquals(
        "000000 04 01 00000000".replace(" ", "")
            + "000008 06 01 00000000 0102030405060708".replace(" ", ""),
        hex(server));
    assertEquals(1, server.settings);
  }

  @Test
  void aRequestIsHeadersAndDataInOneWriteAndThePathIsOneByteTheSecondTime() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    HeaderBlock head =
        HeaderBlock.of(HeaderField.of(":method", "POST"), HeaderField.of(":path", "/a"));
    client.open(head).stream.write(Wire.hex("616263"), true);
    assertEquals(
        "000005 01 04 00000001 83 44022f61".replace(" ", "")
            + "000003 00 01 00000001 616263".replace(" ", ""),
        hex(client));
    client.open(head).stream.write(Wire.hex("64"), true);
    assertEquals(
        "000002 01 04 00000003 83 be".replace(" ", "")
            + "000001 00 01 00000003 64".replace(" ", ""),
        hex(client));
  }

  @Test
  void whatIsWrittenInOneTurnLeavesInOneWrite() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    for (int i = 0; i < 20; i++) {
      client.open(REQUEST).stream.write(Wire.hex("616263"), true);
    }
    assertTrue(client.channel.outboundMessages().isEmpty());
    client.channel.runPendingTasks();
    assertEquals(1, client.channel.outboundMessages().size());
    client.channel.finishAndReleaseAll();
  }

  @Test
  void theAnswerOfTheLastOpenStreamDoesNotWaitForTheEndOfTheTurn() {
    RecordedConnection server = RecordedConnection.greetedServer(RecordedConnection.LIMITS);
    server.channel.writeInbound(Wire.request(1, true), Wire.request(3, true));
    server.streams.get(0).stream.headers(HeaderBlock.of(STATUS, END), true);
    assertTrue(server.channel.outboundMessages().isEmpty(), "another stream may still be answered");
    server.streams.get(1).stream.headers(HeaderBlock.of(STATUS, END), true);
    assertEquals(1, server.channel.outboundMessages().size());
    server.channel.finishAndReleaseAll();
  }

  @Test
  void answersGivenWhileTheRequestsAreReadLeaveInOneWrite() {
    RecordedConnection server = RecordedConnection.greetedServer(RecordedConnection.LIMITS);
    server.onStream =
        opened -> opened.onHeaders = one -> one.stream.headers(HeaderBlock.of(STATUS, END), true);
    server.channel.writeInbound(
        Unpooled.wrappedBuffer(Wire.request(1, true), Wire.request(3, true)));
    assertTrue(server.streams.get(1).closed);
    assertEquals(1, server.channel.outboundMessages().size());
    server.channel.finishAndReleaseAll();
  }

  @Test
  void trailersFollowTheDataThatWaitsForTheWindow() {
    RecordedConnection server = RecordedConnection.server(RecordedConnection.LIMITS);
    server.channel.writeInbound(
        Wire.preface(), Wire.setting(Frames.INITIAL_WINDOW_SIZE, 4), Wire.request(1, true));
    hex(server);
    Http2Stream stream = server.streams.get(0).stream;
    stream.headers(HeaderBlock.of(STATUS), false);
    stream.write(Wire.hex("616263646566"), false);
    stream.headers(HeaderBlock.of(END), true);
    List<Wire.Frame> first = Wire.frames(server.channel);
    assertEquals(2, first.size());
    assertEquals("61626364", ByteBufUtil.hexDump(first.get(1).payload()));
    assertFalse(server.streams.get(0).closed);
    server.channel.writeInbound(Wire.windowUpdate(1, 100));
    List<Wire.Frame> rest = Wire.frames(server.channel);
    assertEquals("6566", ByteBufUtil.hexDump(rest.get(0).payload()));
    assertEquals(Frames.HEADERS, rest.get(1).type());
    assertEquals(Frames.END_STREAM | Frames.END_HEADERS, rest.get(1).flags());
    assertTrue(server.streams.get(0).closed);
    assertEquals(0, server.connection.openStreams());
  }

  @Test
  void headersLargerThanAFrameGoOnInContinuations() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    client.open(REQUEST.with(java.util.Map.of("x", "v".repeat(40_000))));
    List<Wire.Frame> frames = Wire.frames(client.channel);
    assertEquals(3, frames.size());
    assertEquals(0, frames.get(0).flags());
    assertEquals(Frames.CONTINUATION, frames.get(1).type());
    assertEquals(Frames.END_HEADERS, frames.get(2).flags());
  }

  @Test
  void thePeersStreamLimitHolds() {
    RecordedConnection client = RecordedConnection.client(RecordedConnection.LIMITS);
    client.channel.writeInbound(Wire.setting(Frames.MAX_CONCURRENT_STREAMS, 1));
    assertTrue(client.connection.canOpen());
    RecordedStream open = client.open(REQUEST);
    assertFalse(client.connection.canOpen());
    open.stream.reset(Http2Error.CANCEL);
    assertTrue(client.connection.canOpen());
    client.channel.finishAndReleaseAll();
  }

  @Test
  void aGoawayClosesTheStreamsItLeavesOutAndNoOthers() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    RecordedStream first = client.open(REQUEST);
    RecordedStream second = client.open(REQUEST);
    client.channel.writeInbound(Wire.frame(Frames.GOAWAY, 0, 0, "00000001 00000000"));
    assertFalse(first.closed);
    assertTrue(second.closed);
    assertTrue(client.connection.leftOut(second.stream.id()));
    assertFalse(client.connection.canOpen());
    client.channel.finishAndReleaseAll();
  }

  @Test
  void aGoawayInTwoStepsServesWhatCrossesTheFirst() {
    RecordedConnection server = RecordedConnection.greetedServer(RecordedConnection.LIMITS);
    server.channel.writeInbound(Wire.request(1, false));
    server.connection.adviseGoAway();
    assertEquals("0000080700000000007fffffff00000000", hex(server));
    server.channel.writeInbound(Wire.request(3, false));
    server.connection.goAway();
    assertEquals("0000080700000000000000000300000000", hex(server));
    server.channel.writeInbound(
        Wire.request(5, false), Wire.data(5, 3, false), Wire.reset(5, 8), Wire.data(1, 3, true));
    assertEquals(2, server.streams.size());
    assertTrue(server.channel.isOpen());
    assertTrue(server.streams.get(0).ended);
    server.channel.finishAndReleaseAll();
  }

  @Test
  void aStreamIsClosedWhenBothSidesHaveEnded() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    RecordedStream open = client.open(REQUEST);
    open.stream.write(Wire.hex("61"), true);
    client.channel.writeInbound(
        Wire.frame(Frames.HEADERS, Frames.END_HEADERS, 1, "88"), Wire.data(1, 2, false));
    assertFalse(open.closed);
    client.channel.writeInbound(Wire.data(1, 0, true));
    assertTrue(open.closed);
    assertTrue(open.ended);
    client.channel.finishAndReleaseAll();
  }

  @Test
  void theEndOfTheConnectionClosesItsStreams() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    RecordedStream open = client.open(REQUEST);
    open.stream.write(Unpooled.wrappedBuffer(new byte[100_000]), false);
    client.channel.close();
    assertTrue(open.closed);
    assertEquals("the peer closed the connection", client.closed);
    client.channel.finishAndReleaseAll();
  }

  @Test
  void aPongIsTold() {
    RecordedConnection client = RecordedConnection.greetedClient(RecordedConnection.LIMITS);
    client.connection.ping();
    assertEquals("0000080600000000000000000000000000", hex(client));
    long before = client.connection.heard();
    client.channel.writeInbound(Wire.frame(Frames.PING, 1, 0, "0000000000000000"));
    assertEquals(1, client.pongs);
    assertTrue(client.connection.heard() > before);
  }
}
