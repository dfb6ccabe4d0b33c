package io.busbar.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Item;
import io.busbar.testing.FakeLane;
import io.busbar.testing.FakeLink;
import io.busbar.testing.ManualClock;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much may be on its way to one other node, whoever writes it and whoever reads it. */
class PeerWindowTest {
  private static final int STREAMS = 10;
  private static final int SIZE = 4000;
  private static final int PEER_WINDOW = 8192;
  private static final BusOptions OPTIONS =
      new BusOptions(1024, 4096, PEER_WINDOW, 1 << 20, 20, 60_000);

  private final ManualClock clock = new ManualClock();
  private final FakeLink link = new FakeLink(clock, 1);
  private final Lane near = lane("near");
  private final Lane far = lane("far");
  private final List<BusReader> readers = new ArrayList<>();
  private final Map<Long, Integer> sent = new HashMap<>();
  private int read;

  private Lane lane(String node) {
    NodeIdentity identity = new NodeIdentity(node, node, 7);
    return FakeLane.open(
        link, clock, identity, 0, OPTIONS, new MemoryBudget(OPTIONS.memory()), BusObserver.NONE);
  }

  /** A stream to the far node, all of whose bytes are written at once. */
  private void write(int number) {
    CallId id = CallId.of(7, 0, number);
    BusReader reader =
        far.openReader(new StreamSpec(id, 1, Direction.REQUEST, near.endpoint(), 4096, 0));
    reader.handler(piece -> read += piece.length());
    readers.add(reader);
    BusWriter writer =
        near.openWriter(new StreamSpec(id, 1, Direction.REQUEST, far.endpoint(), 4096, 0));
    writer.write(Buffer.buffer(new byte[SIZE]));
  }

  private void countWhatIsSent() {
    link.tamper(
        item -> {
          if (item.getBodyCase() == Item.BodyCase.FRAME) {
            sent.merge(
                item.getFrame().getId().getSeq(), item.getFrame().getData().size(), Integer::sum);
          }
          return item;
        });
  }

  private int bytes() {
    return sent.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void noMoreIsOnItsWayThanTheWindowAndTheStreamsShareIt() {
    link.cut("far", "near");
    countWhatIsSent();
    for (int i = 1; i <= STREAMS; i++) {
      write(i);
    }
    clock.advance(10_000);
    assertTrue(bytes() <= PEER_WINDOW, bytes() + " bytes were sent that nobody confirmed");
    assertTrue(bytes() > PEER_WINDOW - 2 * 1024, "only " + bytes() + " of the window were used");
    int largest = sent.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertTrue(largest <= PEER_WINDOW / 2, () -> "one stream has most of it: " + sent);

    link.mend("far", "near");
    readers.forEach(BusReader::resume);
    clock.advance(60_000);
    assertEquals(STREAMS * SIZE, read);
  }

  @Test
  void whatASlowReaderHoldsBackIsNotOnItsWay() {
    for (int i = 1; i < STREAMS; i++) {
      write(i);
    }
    clock.advance(1000);
    assertEquals(0, read);
    write(STREAMS);
    readers.get(STREAMS - 1).resume();
    clock.advance(1000);
    assertEquals(SIZE, read, "nine that are not read take the tenth's room");
  }
}
