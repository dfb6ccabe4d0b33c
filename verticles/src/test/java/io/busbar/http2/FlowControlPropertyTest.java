package io.busbar.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A client and a server joined by a wire that cuts bytes anywhere, with readers that hold what they
 * read for a while: every byte arrives once and in order, and no side sends more than it may.
 */
class FlowControlPropertyTest {
  private static final Http2Limits LIMITS =
      RecordedConnection.limits(20, 70_000, 100_000, 1000, 100_000);
  private static final HeaderBlock REQUEST =
      HeaderBlock.of(
          HeaderField.of(":method", "POST"),
          HeaderField.of(":scheme", "http"),
          HeaderField.of(":path", "/"));

  /** Bytes on their way to one side. */
  private static final class Way {
    private final ByteBuf bytes = Unpooled.buffer();

    void collect(EmbeddedChannel from) {
      bytes.discardReadBytes();
      bytes.writeBytes(Wire.written(from));
    }

    boolean deliver(EmbeddedChannel to, Random random) {
      if (!bytes.isReadable()) {
        return false;
      }
      int size = Math.min(bytes.readableBytes(), 1 + random.nextInt(40_000));
      to.writeInbound(bytes.readBytes(size));
      return true;
    }
  }

  @Property(tries = 40)
  void everyByteArrivesOnceAndInOrder(@ForAll long seed) {
    Random random = new Random(seed);
    RecordedConnection client = RecordedConnection.client(LIMITS);
    RecordedConnection server = RecordedConnection.server(LIMITS);
    server.onStream = stream -> stream.holds = random.nextInt(3) == 0;
    Way up = new Way();
    Way down = new Way();
    List<ByteBuf> sent = new ArrayList<>();
    List<RecordedStream> open = new ArrayList<>();
    int streams = 1 + random.nextInt(8);
    int writes = 4 + random.nextInt(60);
    for (int turn = 0; moves(turn, writes, up, down, client, server, open, sent, random); turn++) {
      if (turn < writes && open.size() < streams && client.settings > 0) {
        open.add(client.open(REQUEST));
        sent.add(Unpooled.buffer());
      }
      if (turn < writes && !open.isEmpty()) {
        int at = random.nextInt(open.size());
        byte[] bytes = new byte[random.nextInt(random.nextInt(4) == 0 ? 60_000 : 3000)];
        random.nextBytes(bytes);
        sent.get(at).writeBytes(bytes);
        open.get(at).stream.write(Unpooled.wrappedBuffer(bytes), false);
      }
    }
    assertNull(client.closed);
    assertNull(server.closed);
    for (int i = 0; i < open.size(); i++) {
      assertEquals(sent.get(i), server.streams.get(i).data, "stream " + i);
      assertTrue(server.streams.get(i).ended, "stream " + i);
    }
    client.channel.finishAndReleaseAll();
    server.channel.finishAndReleaseAll();
  }

  /** One step of the wire and of the readers; false = all is done. */
  private static boolean moves(
      int turn,
      int writes,
      Way up,
      Way down,
      RecordedConnection client,
      RecordedConnection server,
      List<RecordedStream> open,
      List<ByteBuf> sent,
      Random random) {
    up.collect(client.channel);
    down.collect(server.channel);
    boolean moved = up.deliver(server.channel, random);
    moved |= down.deliver(client.channel, random);
    if (turn == writes) {
      open.forEach(stream -> stream.stream.write(Unpooled.EMPTY_BUFFER, true));
    }
    for (RecordedStream stream : server.streams) {
      if (stream.held > 0 && random.nextInt(4) == 0) {
        stream.release();
        moved = true;
      }
    }
    boolean holds = server.streams.stream().anyMatch(stream -> stream.held > 0);
    return moved || holds || turn <= writes + 2 || server.streams.size() < open.size();
  }

  @Property(tries = 200)
  void anythingAPeerSendsEndsInAnAnswerAndNeverInAnException(@ForAll long seed) {
    Random random = new Random(seed);
    RecordedConnection server = RecordedConnection.greetedServer(RecordedConnection.LIMITS);
    for (int i = 0; i < 60 && server.channel.isOpen(); i++) {
      ByteBuf frame = someFrame(random);
      if (random.nextInt(10) == 0 && frame.isReadable()) {
        frame.setByte(random.nextInt(frame.readableBytes()), random.nextInt(256));
      }
      server.channel.writeInbound(frame);
      server.channel.runPendingTasks();
      server.channel.checkException();
    }
    boolean told = server.closed == null || server.closed.startsWith("HTTP/2: ");
    assertTrue(told, server.closed);
    server.channel.finishAndReleaseAll();
    for (RecordedStream stream : server.streams) {
      assertTrue(stream.closed);
    }
  }

  private static ByteBuf someFrame(Random random) {
    int stream = random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(12);
    byte[] payload = new byte[random.nextInt(20)];
    random.nextBytes(payload);
    return switch (random.nextInt(8)) {
      case 0, 1 -> Wire.request(stream | 1, random.nextBoolean());
      case 2, 3 -> Wire.data(stream, random.nextInt(2000), random.nextInt(4) == 0);
      case 4 -> Wire.windowUpdate(stream, random.nextInt(100_000));
      case 5 -> Wire.reset(stream, random.nextInt(14));
      case 6 -> Wire.setting(random.nextInt(8), random.nextInt(70_000));
      default ->
          Wire.frame(
              random.nextInt(12), random.nextInt(64), stream, Unpooled.wrappedBuffer(payload));
    };
  }
}
