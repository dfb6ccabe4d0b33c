package io.busbar.bus.impl;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/**
 * Streams with both ends on this lane. Nothing gets lost between them, so there are neither frames
 * nor reports: when the lane's own items have their turn, what the writer has goes to the reader,
 * and what that says of it back to the writer.
 */
final class OwnStreams {
  private final Streams streams;
  private final Outboxes outboxes;
  private final Piece piece = new Piece();

  OwnStreams(Streams streams, Outboxes outboxes) {
    this.streams = streams;
    this.outboxes = outboxes;
  }

  /** The writer has something to send. */
  void ready(WriterEnd writer) {
    if (!writer.handing) {
      writer.handing = true;
      outboxes.handOver(writer);
    }
  }

  /** The reader has something to tell. */
  void reportDue(ReaderEnd reader) {
    if (!reader.reporting) {
      reader.reporting = true;
      outboxes.handOver(reader);
    }
  }

  /** Bytes of data handed over. */
  long handOver(WriterEnd writer) {
    writer.handing = false;
    long bytes = 0;
    while (writer.box != null && writer.box.own() && writer.state.canSend()) {
      ReaderEnd reader = mate(writer);
      if (reader == null) {
        writer.fail(Failure.of(FailureCode.STREAM_BROKEN, "the reader does not know the stream"));
        return bytes;
      }
      long before = writer.state.inFlight();
      if (!writer.state.next(Long.MAX_VALUE, piece)) {
        break;
      }
      writer.box.peer.inFlight += writer.state.inFlight() - before;
      bytes += piece.data.size();
      give(writer, reader);
    }
    writer.sent();
    return bytes;
  }

  private void give(WriterEnd writer, ReaderEnd reader) {
    // What becomes due within is told below, and needs no turn of its own.
    reader.reporting = true;
    try {
      reader.frame(piece);
    } catch (RuntimeException e) {
      streams.guard.failed(e);
    } finally {
      reader.reporting = false;
      piece.clear();
    }
    if (reader.state.reportDue() && with(writer, reader)) {
      tell(reader, writer);
    }
  }

  void report(ReaderEnd reader) {
    reader.reporting = false;
    if (!reader.state.reportDue()) {
      return;
    }
    WriterEnd writer = reader.mate != null ? (WriterEnd) reader.mate : streams.writerOf(reader);
    if (writer != null && with(writer, reader)) {
      tell(reader, writer);
    }
  }

  private static void tell(ReaderEnd reader, WriterEnd writer) {
    ReaderState state = reader.state;
    boolean resend = state.resend();
    state.told();
    writer.report(state.received(), state.released(), state.limit(), resend);
  }

  /** The writer may have gone on to another attempt, or another lane. */
  private static boolean with(WriterEnd writer, ReaderEnd reader) {
    return writer.box != null && writer.box.own() && writer.attempt() == reader.attempt();
  }

  private ReaderEnd mate(WriterEnd writer) {
    if (writer.mate != null) {
      return (ReaderEnd) writer.mate;
    }
    ReaderEnd reader = streams.readerOf(writer);
    if (reader == null || !reader.box.own()) {
      return null;
    }
    writer.mate = reader;
    reader.mate = writer;
    return reader;
  }
}
