package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnReadsTest {
  private static final int CALL = 1200;
  private static final int NETTYS_MOST = 64 << 10;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int lastStream;
  private final ExtendedHandle reads = new TurnReads(() -> lastStream).newHandle();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void beginTurn() {
    reads.reset(new DefaultChannelConfig(channel));
  }

  /** One read that fills its buffer, with so many new streams in it; its bytes. */
  private int read(int streams) {
    ByteBuf buffer = reads.allocate(UnpooledByteBufAllocator.DEFAULT);
    int size = buffer.writableBytes();
    buffer.release();
    took(size, size, streams);
    return size;
  }

  private void took(int size, int room, int streams) {
    reads.attemptedBytesRead(room);
    reads.lastBytesRead(size);
    reads.incMessagesRead(1);
    lastStream += 2 * streams;
  }

  private boolean goesOn() {
    return reads.continueReading(() -> true);
  }

  /** Turns full of the bytes of streams that are under way. */
  private void grow() {
    for (int i = 0; i < 20; i++) {
      beginTurn();
      read(0);
      reads.readComplete();
    }
  }

  private void turnOfCalls() {
    beginTurn();
    read(NETTYS_MOST / CALL);
    reads.readComplete();
  }

  @Test
  void aTurnReadsNoFurtherOnceSoManyStreamsBegan() {
    beginTurn();
    read(TurnReads.STREAMS - 1);
    assertTrue(goesOn());
    read(1);
    assertFalse(goesOn());
    assertFalse(reads.continueReading());
  }

  @Test
  void theNextTurnReadsOn() {
    beginTurn();
    read(TurnReads.STREAMS);
    reads.readComplete();
    beginTurn();
    read(1);
    assertTrue(goesOn());
  }

  @Test
  void streamsUnderWayAreReadAsMuchAsNettyWould() {
    grow();
    beginTurn();
    for (int i = 1; i < 16; i++) {
      assertEquals(NETTYS_MOST, read(0));
      assertTrue(goesOn(), "after read " + i);
    }
    read(0);
    assertFalse(goesOn());
  }

  @Test
  void oneReadTakesAboutSoManyStreamsAsATurnShould() {
    grow();
    turnOfCalls();
    beginTurn();
    int calls = read(0) / CALL;
    assertTrue(calls >= TurnReads.STREAMS - 2 && calls <= TurnReads.STREAMS + 2, calls + " calls");
  }

  @Test
  void smallStreamsAreNotReadInCrumbs() {
    grow();
    beginTurn();
    took(400, NETTYS_MOST, 20);
    reads.readComplete();
    beginTurn();
    assertEquals(TurnReads.LEAST_BYTES, read(0));
  }

  @Test
  void aTurnOfAFewControlFramesLeavesTheNextReadAsSmall() {
    grow();
    turnOfCalls();
    beginTurn();
    took(13, NETTYS_MOST, 0);
    reads.readComplete();
    beginTurn();
    assertTrue(read(0) < NETTYS_MOST);
  }

  @Test
  void aFullReadWithoutNewStreamsMakesTheNextOneLargeAgain() {
    grow();
    turnOfCalls();
    grow();
    beginTurn();
    assertEquals(NETTYS_MOST, read(0));
  }

  @Test
  void whatAClientSendsIsReadInSuchTurns() {
    EmbeddedChannel server = RecordedConnection.server(RecordedConnection.LIMITS).channel;
    assertInstanceOf(TurnReads.class, server.config().getRecvByteBufAllocator());
    server.finishAndReleaseAll();
  }
}
