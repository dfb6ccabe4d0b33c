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
import io.busbar.bus.v1.Gone;
import io.busbar.bus.v1.Id;
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
  private final Item.Builder item = Item.newBuilder();
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
    this.observer = observer;
    this.writersWatch = writersWatch;
    this.guard = guard;
    this.readersWatch = new Watch(io, options.lostAfterMillis() / 12, guard);
    this.finished = new Finished(2 * options.lostAfterMillis());
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
    WriterEnd twin = writers.get(reader.wireId(), spec.attempt(), opposite(spec.direction()));
    if (twin != null) {
      twin.twin = reader;
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
    writer.twin = readers.get(writer.wireId(), writer.attempt(), opposite(writer.direction()));
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

  Outbox box(Endpoint to) {
    return outboxes.to(to);
  }

  private void count() {
    observer.streams(lane, writers.size() + readers.size());
  }

  static Direction opposite(Direction direction) {
    return direction == Direction.REQUEST ? Direction.RESPONSE : Direction.REQUEST;
  }

  // ---- what arrives

  void frame(Endpoint from, Frame frame) {
    if (frame.hasReport()) {
      report(
          from,
          frame.getId(),
          frame.getAttempt(),
          opposite(frame.getDirection()),
          frame.getReport());
      if (frame.getData().isEmpty() && !frame.hasHead() && !frame.hasOutcome()) {
        return;
      }
    }
    ReaderEnd reader = reader(frame.getId(), frame.getAttempt(), frame.getDirection());
    if (reader == null) {
      unknownReader(from, frame.getId(), frame.getAttempt(), frame.getDirection());
    } else if (reader.box.to.equals(from)) {
      reader.frame(frame);
    } else {
      observer.garbage("frame from another lane than its stream's");
    }
  }

  void report(Endpoint from, Report report) {
    report(from, report.getId(), report.getAttempt(), report.getDirection(), report);
  }

  private void report(Endpoint from, Id id, int attempt, Direction direction, Report report) {
    WriterEnd writer = writers.get(id, attempt, direction);
    if (writer != null && writer.isWith(from)) {
      writer.report(report);
    }
  }

  void probe(Endpoint from, Probe probe) {
    if (probe.getToWriter()) {
      WriterEnd writer = writers.get(probe.getId(), probe.getAttempt(), probe.getDirection());
      if (writer == null || !writer.isWith(from)) {
        gone(from, probe.getId(), probe.getAttempt(), probe.getDirection(), true);
      } else {
        writer.probed();
      }
      return;
    }
    ReaderEnd reader = reader(probe.getId(), probe.getAttempt(), probe.getDirection());
    if (reader == null) {
      unknownReader(from, probe.getId(), probe.getAttempt(), probe.getDirection());
    } else {
      reader.probed(probe.getSent());
    }
  }

  void gone(Endpoint from, Gone gone) {
    Id id = gone.getId();
    if (gone.getToReader()) {
      ReaderEnd reader = readers.get(id, gone.getAttempt(), gone.getDirection());
      if (reader != null && reader.box.to.equals(from)) {
        reader.writerGone();
      }
      return;
    }
    WriterEnd writer = writers.get(id, gone.getAttempt(), gone.getDirection());
    if (writer != null && writer.isWith(from)) {
      writer.fail(Failure.of(FailureCode.STREAM_BROKEN, "the reader does not know the stream"));
    }
  }

  private ReaderEnd reader(Id id, int attempt, Direction direction) {
    return readers.get(id, attempt, direction);
  }

  private void unknownReader(Endpoint from, Id id, int attempt, Direction direction) {
    long total = finished.total(id, attempt, direction);
    if (total < 0) {
      gone(from, id, attempt, direction, false);
      return;
    }
    Report last =
        Report.newBuilder()
            .setId(id)
            .setAttempt(attempt)
            .setDirection(direction)
            .setReceived(total)
            .setReleased(total)
            .setLimit(total)
            .build();
    outboxes.send(from, Item.newBuilder().setReport(last).build());
  }

  private void gone(Endpoint to, Id id, int attempt, Direction direction, boolean toReader) {
    Gone gone =
        Gone.newBuilder()
            .setId(id)
            .setAttempt(attempt)
            .setDirection(direction)
            .setToReader(toReader)
            .build();
    outboxes.send(to, Item.newBuilder().setGone(gone).build());
  }

  // ---- what leaves

  /** The writer may have something to send. */
  void ready(WriterEnd writer) {
    if (writer.queued || writer.box == null || !writer.state.canSend()) {
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
    if (!reader.reporting) {
      reader.reporting = true;
      reports.add(reader);
      outboxes.schedule();
    }
  }

  void touched(Outbox box) {
    outboxes.touched(box);
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
        Item report = item.setReport(reader.state.report(true)).build();
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
      if (writer.state.nextBytes() == 0) {
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
      if (writer.box != null && writer.box.peer == peer) {
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
      ride = twin.state.report(false);
    }
    long before = state.inFlight();
    Frame frame = state.next(room, ride, ask);
    if (frame == null) {
      return;
    }
    writer.box.peer.inFlight += state.inFlight() - before;
    writer.box.add(item.setFrame(frame).build(), frame.getData().size());
    outboxes.touched(writer.box);
    writer.sent();
    ready(writer);
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
