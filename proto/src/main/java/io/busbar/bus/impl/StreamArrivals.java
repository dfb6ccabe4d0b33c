package io.busbar.bus.impl;

import io.busbar.bus.BusObserver;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Gone;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Probe;
import io.busbar.bus.v1.Report;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/** What arrives for the streams of a lane: whose it is, and the answer when it is nobody's. */
final class StreamArrivals {
  private final StreamTable<WriterEnd> writers;
  private final StreamTable<ReaderEnd> readers;
  private final Finished finished;
  private final Outboxes outboxes;
  private final BusObserver observer;
  private final Piece piece = new Piece();
  private boolean late;

  StreamArrivals(
      StreamTable<WriterEnd> writers,
      StreamTable<ReaderEnd> readers,
      Finished finished,
      Outboxes outboxes,
      BusObserver observer) {
    this.writers = writers;
    this.readers = readers;
    this.finished = finished;
    this.outboxes = outboxes;
    this.observer = observer;
  }

  /** Whether what arrives now was on its way for so long that nothing may begin with it. */
  void late(boolean now) {
    late = now;
  }

  void frame(Endpoint from, Frame frame) {
    if (frame.hasReport()) {
      report(
          from,
          frame.getId(),
          frame.getAttempt(),
          Streams.opposite(frame.getDirection()),
          frame.getReport());
      if (frame.getData().isEmpty() && !frame.hasHead() && !frame.hasOutcome()) {
        return;
      }
    }
    ReaderEnd reader = reader(frame.getId(), frame.getAttempt(), frame.getDirection());
    if (frame.getAhead() && (reader == null || late)) {
      observer.aheadDropped();
      if (reader != null && reader.box.to.equals(from)) {
        // Asked for again behind the accept: what comes then comes from a caller that knows of it.
        reader.missed();
      }
    } else if (reader == null) {
      unknownReader(from, frame.getId(), frame.getAttempt(), frame.getDirection());
    } else if (reader.box.to.equals(from)) {
      reader.frame(piece.of(frame));
      piece.clear();
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
      writer.report(
          report.getReceived(), report.getReleased(), report.getLimit(), report.getResend());
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
}
