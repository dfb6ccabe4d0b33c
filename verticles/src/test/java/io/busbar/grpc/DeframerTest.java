package io.busbar.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Cutting bytes into messages. */
class DeframerTest {
  private static Buffer framed(byte[] message) {
    return Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
  }

  @Property(tries = 300)
  void messagesComeOutWholeHoweverTheBytesAreCut(
      @ForAll @Size(max = 20) List<@IntRange(max = 3000) Integer> sizes, @ForAll long seed) {
    Random random = new Random(seed);
    List<byte[]> sent = new ArrayList<>();
    Buffer wire = Buffer.buffer();
    for (int size : sizes) {
      byte[] message = new byte[size];
      random.nextBytes(message);
      sent.add(message);
      wire.appendBuffer(framed(message));
    }
    MessageBudget budget = new MessageBudget(1 << 20);
    Deframer deframer = new Deframer(4096, budget);
    List<byte[]> got = new ArrayList<>();
    int at = 0;
    while (at < wire.length()) {
      int end = Math.min(wire.length(), at + 1 + random.nextInt(random.nextBoolean() ? 10 : 5000));
      assertNull(deframer.feed(wire.slice(at, end), m -> got.add(ByteBufUtil.getBytes(m))));
      at = end;
    }
    assertEquals(sent.size(), got.size());
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), got.get(i));
    }
    assertFalse(deframer.withinMessage());
    assertEquals(0, budget.used());
  }

  @Test
  void anAnnouncedLengthTakesNoMemory() {
    MessageBudget budget = new MessageBudget(1 << 20);
    Deframer deframer = new Deframer(4 << 20, budget);
    Buffer head = Buffer.buffer(new byte[] {0, 0, 0x40, 0, 0, 7});
    assertNull(deframer.feed(head, m -> {}));
    assertTrue(deframer.withinMessage());
    assertEquals(1, budget.used());
    deframer.close();
    assertEquals(0, budget.used());
  }

  @Test
  void unfinishedMessagesShareABudget() {
    MessageBudget budget = new MessageBudget(1000);
    Buffer part = Buffer.buffer(new byte[] {0, 0, 0, 0x10, 0}).appendBytes(new byte[600]);
    Deframer first = new Deframer(1 << 20, budget);
    assertNull(first.feed(part, m -> {}));
    GrpcFault fault = new Deframer(1 << 20, budget).feed(part, m -> {});
    assertEquals(GrpcStatus.RESOURCE_EXHAUSTED, fault.status());
    assertEquals(1, budget.refused());
    first.close();
    assertEquals(0, budget.used());
  }

  @Test
  void theLargestLengthIsReadAsUnsigned() {
    Deframer deframer = new Deframer(1 << 20, new MessageBudget(1 << 20));
    GrpcFault fault = deframer.feed(Buffer.buffer(new byte[] {0, -1, -1, -1, -1}), m -> {});
    assertEquals("message of 4294967295 bytes, expected at most 1048576", fault.text());
  }

  @Test
  void afterAFaultNothingIsTaken() {
    Deframer deframer = new Deframer(10, new MessageBudget(100));
    assertNotNull(deframer.feed(Buffer.buffer(new byte[] {9, 0, 0, 0, 1, 1}), m -> {}));
    List<Integer> got = new ArrayList<>();
    assertNull(deframer.feed(framed(new byte[3]), m -> got.add(1)));
    assertTrue(got.isEmpty());
  }
}
