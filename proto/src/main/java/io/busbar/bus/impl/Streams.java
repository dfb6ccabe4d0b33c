package io.busbar.bus.impl;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.Endpoint;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Probe;
import io.busbar.bus.v1.Report;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayDeque;

/** The streams that end on one lane: who they are, what arrives for them, and what they send. */
final class Streams {
  final LaneIo io;
  final Guard guard;
  final BusOptions options;
  final BusObserver observer;
  final LaneMemory memory;
  final Watch writersWatch;
  final Watch readersWatch;

  private final int lane;
  private final MemoryBudget budget;
  private final Outboxes outboxes;
  private final StreamTable<WriterEnd> writers = new StreamTable<>();
  private final StreamTable<ReaderEnd> readers = new StreamTable<>();
  private final Finished finished;
  private final StreamArrivals arrivals;
  private final Item.Builder item = Item.newBuilder();
  private final OwnStreams own;
  private final Piece piece = new Piece();
  private final ArrayDeque<PeerNode> dirty = new ArrayDeque<>();
  private final ArrayDeque<ReaderEnd> reports = new ArrayDeque<>();
  private final ArrayDeque<WriterEnd> drains = new ArrayDeque<>();

  Streams(
      int lane,
      LaneIo io,
      BusOptions options,
      MemoryBudget budget,
      Outboxes outboxes,
      Watch writersWatch,
      Guard guard,
      BusObserver observer) {
    this.lane = lane;
    this.io = io;
    this.options = options;
    this.budget = budget;
    this.memory = new LaneMemory(budget);
    this.outboxes = outboxes;
    this.own = new OwnStreams(this, outboxes);
    this.observer = observer;
    this.writersWatch = writersWatch;
    this.guard = guard;
    this.readersWatch = new Watch(io, options.lostAfterMillis() / 12, guard);
    this.finished = new Finished(2 * options.lostAfterMillis());
    this.arrivals = new StreamArrivals(writers, readers, finished, outboxes, observer);
  }

  BusWriter openWriter(StreamSpec spec) {
    WriterEnd writer = new WriterEnd(this, spec);
    register(writer);
    return writer;
  }

  BusReader openReader(StreamSpec spec) {
    ReaderEnd reader = new ReaderEnd(this, spec, box(spec.peer()));
    if (!readers.add(reader)) {
      reader.state.close();
      throw new IllegalStateException(
          "stream " + spec.id() + " attempt " + spec.attempt() + " is being read already");
    }
    if (!reader.box.own()) {
      WriterEnd twin = writers.get(spec.id(), spec.attempt(), opposite(spec.direction()));
      if (twin != null) {
        twin.twin = reader;
      }
    }
    readersWatch.add(reader);
    count();
    return reader;
  }

  void register(WriterEnd writer) {
    if (!writers.add(writer)) {
      throw new IllegalStateException(
          "stream " + writer.id() + " attempt " + writer.attempt() + " is being written already");
    }
    if (writer.box != null && !writer.box.own()) {
      writer.twin = readers.get(writer.id(), writer.attempt(), opposite(writer.direction()));
    }
    count();
  }

  void forget(WriterEnd writer) {
    writers.remove(writer);
    writersWatch.remove(writer);
    count();
  }

  void forget(ReaderEnd reader, boolean read) {
    readers.remove(reader);
    readersWatch.remove(reader);
    if (read && !reader.box.peer.local) {
      finished.add(
          reader.wireId(),
          reader.attempt(),
          reader.state.direction(),
          reader.received(),
          reader.box.to,
          io.now());
    }
    count();
  }

  StreamArrivals arrivals() {
    return arrivals;
  }

  OwnStreams own() {
    return own;
  }

  /** Who reads on this lane what that writer writes; null = nobody. */
  ReaderEnd readerOf(WriterEnd writer) {
    return readers.get(writer.id(), writer.attempt(), writer.direction());
  }

  /** Who writes on this lane what that reader reads; null = nobody. */
  WriterEnd writerOf(ReaderEnd reader) {
    return writers.get(reader.id(), reader.attempt(), reader.direction());
  }

  Outbox box(Endpoint to) {
    return outboxes.to(to);
  }

  private void count() {
    observer.streams(lane, writers.size() + readers.size());
  }

  static Direction opposite(Direction direction) {
    return direction == Direction.REQUEST ? Direction.RESPONSE : Direction.REQUEST;
  }

  // ---- what leaves

  /** The writer may have something to send. */
  void ready(WriterEnd writer) {
    if (writer.queued || writer.box == null || !writer.state.canSend()) {
      return;
    }
    if (writer.box.own()) {
      own.ready(writer);
      return;
    }
    writer.queued = true;
    PeerNode peer = writer.box.peer;
    (writer.state.nextBytes() == 0 ? peer.urgent : peer.ready).add(writer);
    dirty(peer);
  }

  void dirty(PeerNode peer) {
    if (!peer.dirty) {
      peer.dirty = true;
      dirty.add(peer);
      outboxes.schedule();
    }
  }

  /** The reader has a report worth sending. */
  void reportDue(ReaderEnd reader) {
    if (reader.box.own()) {
      own.reportDue(reader);
    } else if (!reader.reporting) {
      reader.reporting = true;
      reports.add(reader);
      outboxes.schedule();
    }
  }

  /**
   * Asks the other end of a stream where things stand.
   *
   * @param sent units, when the writer asks
   */
  void probe(StreamEnd end, Outbox box, long sent, boolean toWriter) {
    Probe probe =
        Probe.newBuilder()
            .setId(end.wireId())
            .setAttempt(end.attempt())
            .setDirection(end.direction())
            .setSent(sent)
            .setToWriter(toWriter)
            .build();
    if (!box.full()) {
      box.add(Item.newBuilder().setProbe(probe).build(), 0);
      outboxes.touched(box);
    }
  }

  void drainLater(WriterEnd writer) {
    if (!writer.draining) {
      writer.draining = true;
      drains.add(writer);
      outboxes.schedule();
    }
  }

  /** Fills the outboxes with frames and reports; part of the flush at the end of a turn. */
  void fill() {
    for (PeerNode peer = dirty.poll(); peer != null; peer = dirty.poll()) {
      peer.dirty = false;
      pump(peer);
    }
    for (ReaderEnd reader = reports.poll(); reader != null; reader = reports.poll()) {
      reader.reporting = false;
      if (reader.state.reportDue()) {
        boolean unhurried = reader.state.lastReportCanWait();
        Item report = item.setReport(report(reader, true)).build();
        if (unhurried) {
          outboxes.sendUnhurried(reader.box, report);
        } else {
          reader.box.add(report, 0);
          outboxes.touched(reader.box);
        }
      }
    }
  }

  /** Tells writers that they have room again; after the flush. */
  void drain() {
    for (int i = drains.size(); i > 0; i--) {
      WriterEnd writer = drains.poll();
      writer.draining = false;
      guard.run(writer::drain);
    }
  }

  private void pump(PeerNode peer) {
    for (WriterEnd writer = peer.urgent.poll(); writer != null; writer = peer.urgent.poll()) {
      writer.queued = false;
      if (writer.box == null || writer.box.peer != peer) {
        continue;
      }
      if (writer.box.own()) {
        ready(writer);
      } else if (writer.state.nextBytes() == 0) {
        send(writer, 0, false);
      } else {
        // Since it came here it was asked to send data again, which needs the window.
        writer.queued = true;
        peer.ready.add(writer);
      }
    }
    long capacity = capacity(peer);
    // One frame each, in turn: a large stream takes no more than a small one.
    for (WriterEnd writer = peer.ready.peek(); writer != null; writer = peer.ready.peek()) {
      long room = capacity - peer.inFlight;
      if (room < writer.state.nextBytes() || writer.boxFull()) {
        observer.peerWindowFull(peer.id);
        return;
      }
      peer.ready.poll();
      writer.queued = false;
      if (writer.box != null && writer.box.own()) {
        ready(writer);
      } else if (writer.box != null && writer.box.peer == peer) {
        send(writer, room, 2 * peer.inFlight > capacity);
      }
    }
  }

  private long capacity(PeerNode peer) {
    return peer.local
        ? Long.MAX_VALUE / 4
        : Math.max(options.streamWindow(), options.peerWindow() / budget.lanes());
  }

  private void send(WriterEnd writer, long room, boolean ask) {
    WriterState state = writer.state;
    ReaderEnd twin = writer.twin;
    Report ride = null;
    if (twin != null && twin.box == writer.box && twin.state.reportDue()) {
      ride = report(twin, false);
    }
    long before = state.inFlight();
    if (!state.next(room, piece)) {
      return;
    }
    piece.ask = ask;
    writer.box.peer.inFlight += state.inFlight() - before;
    Frame frame = piece.frame(writer.wireId(), writer.attempt(), writer.direction(), ride);
    piece.clear();
    writer.box.add(item.setFrame(frame).build(), frame.getData().size());
    outboxes.touched(writer.box);
    writer.sent();
    ready(writer);
  }

  /**
   * @param alone whether the report is an item of its own, and must say of which stream
   */
  private static Report report(ReaderEnd reader, boolean alone) {
    ReaderState state = reader.state;
    Report.Builder report =
        Report.newBuilder()
            .setDirection(reader.direction())
            .setReceived(state.received())
            .setReleased(state.released())
            .setLimit(state.limit());
    if (alone) {
      report.setId(reader.wireId()).setAttempt(reader.attempt());
    }
    if (state.resend()) {
      report.setResend(true);
    }
    state.told();
    return report.build();
  }

  // ---- ends

  void peerLeft(String node) {
    Failure lost = Failure.of(FailureCode.NODE_LOST, "node " + node + " left the cluster");
    for (WriterEnd writer : writers.all()) {
      if (writer.box != null && writer.box.to.node().equals(node)) {
        writer.fail(lost);
      }
    }
    for (ReaderEnd reader : readers.all()) {
      if (reader.box.to.node().equals(node)) {
        reader.fail(lost);
      }
    }
    finished.peerLeft(node);
  }

  void close(Failure reason) {
    writers.all().forEach(writer -> writer.shut(reason));
    readers.all().forEach(reader -> reader.fail(reason));
    readersWatch.close();
    memory.close();
  }
}
