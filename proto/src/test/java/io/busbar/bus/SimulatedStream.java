package io.busbar.bus;

import static io.busbar.bus.StreamWorld.require;

import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;

/** One stream of a {@link StreamWorld}: what its writer and its reader do, and what they saw. */
final class SimulatedStream {
  private static final Set<FailureCode> DEFINITE =
      Set.of(FailureCode.NODE_LOST, FailureCode.STREAM_BROKEN);

  /** What the reading side does. */
  enum Behaviour {
    READS,
    FETCHES,
    STALLS_A_WHILE,
    STALLS_FOR_EVER,
    WITHHOLDS,
    REWINDS
  }

  private final StreamWorld world;
  private final Random random;
  private final CallId id;
  private final Direction direction;
  private final Behaviour behaviour;
  private final boolean head;
  private final boolean fails;
  private final byte[] body;
  private final long replay;
  private final boolean bindsLate;
  private final Lane from;
  private final Lane to;

  private BusWriter writer;
  private BusReader reader;
  private int attempt = 1;
  private int written;
  private Buffer got = Buffer.buffer();
  private boolean gotHead;
  private Outcome outcome;
  private Failure readerFailure;
  private Failure writerFailure;
  private boolean acknowledged;
  private boolean refused;
  private boolean started;

  SimulatedStream(StreamWorld world, int index) {
    this.world = world;
    this.random = new Random(world.seed * 31 + index);
    this.id = CallId.of(1, 0, index + 1);
    this.direction = random.nextBoolean() ? Direction.REQUEST : Direction.RESPONSE;
    this.behaviour = Behaviour.values()[random.nextInt(Behaviour.values().length)];
    this.head = direction == Direction.RESPONSE && random.nextBoolean();
    this.fails = random.nextInt(6) == 0;
    this.body = new byte[size()];
    random.nextBytes(body);
    // 0, below, at and above the window.
    this.replay = new long[] {0, 1000, StreamWorld.WINDOW, 20_000}[random.nextInt(4)];
    this.bindsLate = random.nextInt(4) == 0;
    boolean forth = random.nextInt(3) > 0;
    this.from = forth ? world.a : world.b;
    this.to = forth ? world.b : world.a;
  }

  private int size() {
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> 1 + random.nextInt(100);
      case 2 -> 1000 + random.nextInt(100);
      default -> random.nextInt(40_000);
    };
  }

  @Override
  public String toString() {
    return id.seq()
        + " "
        + direction
        + " "
        + behaviour
        + " body "
        + body.length
        + (head ? " head" : "")
        + (fails ? " fails" : "")
        + " replay "
        + replay
        + (bindsLate ? " binds late" : "")
        + " from "
        + from.endpoint()
        + " to "
        + to.endpoint();
  }

  void start() {
    started = true;
    long limit = to.firstLimit(1 + random.nextInt(StreamWorld.WINDOW));
    openReader(to, limit);
    Endpoint peer = bindsLate ? null : to.endpoint();
    long first = bindsLate ? 0 : limit;
    writer = from.openWriter(new StreamSpec(id, attempt, direction, peer, first, replay));
    if (bindsLate) {
      world.clock.schedule(random.nextInt(500), () -> bind(limit));
    }
    writer.exceptionHandler(e -> writerFailure = Failure.of(e));
    writer.drainHandler(v -> soon(this::write));
    if (head) {
      writer.head(ResponseHead.newBuilder().setStatus(200).build());
    }
    soon(this::write);
  }

  /** A writer that was opened before its reader's place was known. */
  private void bind(long limit) {
    if (attempt == 1) {
      require(writer.rewind(1, to.endpoint(), limit), "not bound");
    }
  }

  private void soon(Runnable action) {
    world.clock.schedule(random.nextInt(4), action);
  }

  // ---- writing

  private void write() {
    if (writerFailure != null || refused) {
      return;
    }
    while (written < body.length) {
      if (writer.writeQueueFull()) {
        return;
      }
      int size = Math.min(body.length - written, 1 + random.nextInt(3000));
      byte[] piece = Arrays.copyOfRange(body, written, written + size);
      written += size;
      writer.write(Buffer.buffer(piece));
      // A piece counts until all of it may be forgotten, and one may go over the limit.
      long most = Math.max(StreamWorld.WINDOW, replay) + StreamWorld.FRAME + 2 * 3000 + 2;
      require(writer.bytesHeld() <= most, id.seq() + " holds " + writer.bytesHeld());
      if (random.nextInt(3) == 0) {
        soon(this::write);
        return;
      }
    }
    if (writer.bytesWritten() == body.length && !ended) {
      ended = true;
      writer.end(outcomeToSend()).onSuccess(v -> acknowledged = true);
    }
  }

  private boolean ended;

  private Outcome outcomeToSend() {
    Outcome.Builder built = Outcome.newBuilder();
    if (fails) {
      built.setFailure(Failure.of(FailureCode.WORKER_FAILED, "no").toWire());
    }
    return built.build();
  }

  // ---- reading

  private void openReader(Lane lane, long limit) {
    reader =
        lane.openReader(new StreamSpec(id, attempt, direction, from.endpoint(), limit, replay));
    BusReader opened = reader;
    got = Buffer.buffer();
    gotHead = false;
    opened.headHandler(
        h -> {
          require(!gotHead && got.length() == 0, "head after data");
          gotHead = true;
        });
    opened.handler(this::data);
    opened.outcomeHandler(
        o -> {
          require(outcome == null, "two outcomes");
          outcome = o;
        });
    opened.exceptionHandler(e -> readerFailure = Failure.of(e));
    Behaviour now = attempt > 1 ? Behaviour.READS : behaviour;
    switch (now) {
      case READS -> opened.resume();
      case FETCHES -> fetch(opened);
      case STALLS_A_WHILE -> world.clock.schedule(random.nextInt(3000), opened::resume);
      case STALLS_FOR_EVER -> {}
      case WITHHOLDS -> {
        opened.withhold();
        opened.resume();
        world.clock.schedule(random.nextInt(2000), opened::release);
      }
      case REWINDS -> {
        opened.withhold();
        opened.resume();
        world.clock.schedule(random.nextInt(1000), this::rewind);
      }
    }
  }

  private void fetch(BusReader opened) {
    opened.fetch(1);
    world.clock.schedule(
        random.nextInt(200),
        () -> {
          if (outcome == null && readerFailure == null && opened == reader) {
            fetch(opened);
          }
        });
  }

  private void data(Buffer piece) {
    require(outcome == null, "data after the outcome");
    got.appendBuffer(piece);
    require(got.length() <= body.length, "more bytes than were written");
    long held = reader.received() - got.length();
    require(
        held <= Math.max(StreamWorld.WINDOW, replay) + 2 + StreamWorld.FRAME,
        "reader holds " + held);
  }

  private void rewind() {
    if ((readerFailure != null && outcome == null) || writerFailure != null) {
      return;
    }
    reader.abandon(Failure.of(FailureCode.BUSY, "too busy"));
    long limit = world.c.firstLimit(1 + random.nextInt(StreamWorld.WINDOW));
    boolean committed = writer.committed();
    attempt++;
    // The first reader was withheld; what it saw does not count.
    outcome = null;
    readerFailure = null;
    if (!writer.rewind(attempt, world.c.endpoint(), limit)) {
      // Nothing was released, so only the replay limit, or memory, can be the reason.
      require(committed, "not rewound though not committed");
      require(world.scarce || written > replay, "not rewound within the replay limit");
      refused = true;
      writer.abandon(Failure.of(FailureCode.BUSY_AFTER_COMMIT, "too late"));
      return;
    }
    require(!committed, "rewound though committed");
    openReader(world.c, limit);
  }

  // ---- the end

  boolean settled() {
    if (!started) {
      return false;
    }
    if (refused) {
      return true;
    }
    if (behaviour == Behaviour.STALLS_FOR_EVER && attempt == 1) {
      return true;
    }
    boolean readerOver = readerFailure != null || outcome != null;
    boolean writerOver = acknowledged || writerFailure != null;
    return readerOver && writerOver;
  }

  void check(boolean idle) {
    require(idle || settled(), id.seq() + " neither ended nor failed: " + state());
    if (outcome != null) {
      require(outcome.hasFailure() == fails, "another outcome");
      require(gotHead == head, "head: " + gotHead);
      require(Arrays.equals(got.getBytes(), body), id.seq() + " other bytes: " + state());
    }
    boolean broken = readerFailure != null && outcome == null;
    if (broken || writerFailure != null) {
      require(world.killed, id.seq() + " failed though nobody died: " + state());
      require(!broken || DEFINITE.contains(readerFailure.code()), "reader: " + readerFailure);
      require(
          writerFailure == null || DEFINITE.contains(writerFailure.code()),
          "writer: " + writerFailure);
    }
  }

  /** Lets go of what rests. */
  void leave() {
    Failure over = Failure.of(FailureCode.CANCELLED, "the test is over");
    reader.abandon(over);
    writer.abandon(over);
  }

  private String state() {
    return "written "
        + written
        + " held "
        + writer.bytesHeld()
        + " received "
        + reader.received()
        + " delivered "
        + got.length()
        + " outcome "
        + (outcome != null)
        + " acknowledged "
        + acknowledged
        + " reader "
        + readerFailure
        + " writer "
        + writerFailure;
  }
}
