package io.busbar.bus.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.BusOptions;
import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Envelope;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.RecordingObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams with both ends on one lane, whose turns are counted. */
class OwnStreamTest {
  private static final int WINDOW = 4096;

  private final CountedTurns turns = new CountedTurns();
  private final RecordingObserver observer = new RecordingObserver();
  private final MemoryBudget memory = new MemoryBudget(1 << 20);
  private final LaneCore lane =
      new LaneCore(
          new NodeIdentity("n", "n", 7),
          0,
          new BusOptions(1024, WINDOW, 8192, 1 << 20, 20, 10_000),
          memory,
          observer,
          turns);
  private final CallId id = CallId.of(7, 0, 1);
  private final List<String> seen = new ArrayList<>();

  /** A loop without a thread: what is put off runs when the test says so. */
  private static final class CountedTurns implements LaneIo {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int count;
    private int sent;

    void runAll() {
      for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
        count++;
        next.run();
      }
    }

    @Override
    public Context context() {
      throw new UnsupportedOperationException("no context");
    }

    @Override
    public boolean onLane() {
      return true;
    }

    @Override
    public long now() {
      return 1;
    }

    @Override
    public void later(Runnable action) {
      waiting.add(action);
    }

    @Override
    public Runnable timer(long delay, Runnable action) {
      return () -> {};
    }

    @Override
    public Future<Void> transmit(Endpoint to, Envelope envelope) {
      sent++;
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private StreamSpec spec(Direction direction) {
    return new StreamSpec(id, 1, direction, lane.endpoint(), WINDOW, 0);
  }

  /** As a worker: it reads from the moment the first bytes are there. */
  private BusReader reader(Direction direction) {
    BusReader reader = lane.openReader(spec(direction));
    reader.outcomeHandler(outcome -> seen.add("outcome"));
    reader.arrivalHandler(
        first -> {
          reader.handler(data -> seen.add(data.toString()));
          reader.resume();
        });
    return reader;
  }

  @Test
  void aSmallStreamIsThroughAndForgottenInOneTurn() {
    reader(Direction.REQUEST);
    BusWriter writer = lane.openWriter(spec(Direction.REQUEST));
    writer.commitHandler(first -> seen.add("committed"));
    writer.write(Buffer.buffer("body"));
    Future<Void> end = writer.end();
    assertTrue(seen.isEmpty(), "handed over within the call");
    turns.runAll();
    assertEquals(List.of("body", "outcome", "committed"), seen);
    assertTrue(end.succeeded());
    assertEquals(1, turns.count);
    assertEquals(0, turns.sent);
    lane.close();
    assertEquals(0, memory.used());
  }

  @Test
  void whatIsHandedOverCountsAsBytesOfTheBus() {
    reader(Direction.REQUEST);
    BusWriter writer = lane.openWriter(spec(Direction.REQUEST));
    writer.write(Buffer.buffer("body"));
    writer.end();
    turns.runAll();
    assertEquals(4, observer.bytesSent.get());
    assertEquals(4, observer.bytesReceived.get());
  }

  @Test
  void aPausedReaderHoldsTheWriterBack() {
    BusReader reader = lane.openReader(spec(Direction.REQUEST));
    BusWriter writer = lane.openWriter(spec(Direction.REQUEST));
    writer.drainHandler(room -> seen.add("room"));
    int written = 0;
    while (!writer.writeQueueFull()) {
      writer.write(Buffer.buffer(new byte[512]));
      written += 512;
      turns.runAll();
    }
    assertTrue(written <= WINDOW + 1024 + 512, "wrote " + written);
    assertEquals(WINDOW, reader.received());
    reader.handler(data -> {});
    reader.resume();
    turns.runAll();
    assertEquals(List.of("room"), seen);
    assertEquals(written, reader.bytesDelivered());
  }

  @Test
  void aReaderThatThrewGetsTheRestWhenMoreComes() {
    BusReader reader = lane.openReader(spec(Direction.REQUEST));
    reader.handler(
        data -> {
          seen.add(data.toString());
          if (seen.size() == 1) {
            throw new IllegalStateException("a handler's bug");
          }
        });
    reader.resume();
    BusWriter writer = lane.openWriter(spec(Direction.REQUEST));
    writer.write(Buffer.buffer("one"));
    turns.runAll();
    writer.write(Buffer.buffer("two"));
    turns.runAll();
    assertEquals(List.of("one", "two"), seen);
    assertEquals(1, observer.handlerFailures.get());
  }

  @Test
  void aWriterWhoseReaderIsNotThereBreaks() {
    BusWriter writer = lane.openWriter(spec(Direction.REQUEST));
    writer.exceptionHandler(cause -> seen.add(Failure.of(cause).code().wireName()));
    writer.write(Buffer.buffer("body"));
    turns.runAll();
    assertEquals(List.of(FailureCode.STREAM_BROKEN.wireName()), seen);
  }

  @Test
  void twoStreamsThatAnswerEachOtherLetOthersHaveTheirTurn() {
    BusReader there = lane.openReader(spec(Direction.REQUEST));
    BusReader back = lane.openReader(spec(Direction.RESPONSE));
    BusWriter ask = lane.openWriter(spec(Direction.REQUEST));
    BusWriter answer = lane.openWriter(spec(Direction.RESPONSE));
    int[] passes = new int[1];
    there.handler(data -> answer.write(data));
    back.handler(
        data -> {
          if (++passes[0] < 100) {
            ask.write(data);
          }
        });
    there.resume();
    back.resume();
    ask.write(Buffer.buffer("ball"));
    turns.runAll();
    assertEquals(100, passes[0]);
    assertTrue(turns.count > 10, "200 passes took " + turns.count + " turns");
    assertFalse(turns.count > 20, "200 passes took " + turns.count + " turns");
  }
}
