package io.busbar.bus.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Outcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The state of both ends of one direction of a small call: 1 KiB and the outcome. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StreamBenchmark {
  private static final int FRAME = 64 << 10;
  private static final long WINDOW = 256 << 10;
  private static final Grants FREE =
      new Grants() {
        @Override
        public boolean tryTake(long bytes) {
          return true;
        }

        @Override
        public void take(long bytes) {
          // As much as one likes.
        }

        @Override
        public void give(long bytes) {
          // Nothing was taken.
        }

        @Override
        public boolean scarce() {
          return false;
        }
      };

  private final ByteString body = ByteString.copyFrom(new byte[1024]);
  private final Outcome ok = Outcome.getDefaultInstance();
  private final Piece piece = new Piece();

  @Benchmark
  public Outcome smallBody() {
    WriterState writer = new WriterState(1, Direction.REQUEST, FRAME, WINDOW, WINDOW, FREE);
    ReaderState reader = new ReaderState(1, Direction.REQUEST, FRAME, WINDOW, WINDOW, FREE);
    writer.data(body);
    writer.outcome(ok);
    while (writer.canSend() && writer.next(FRAME, piece)) {
      reader.frame(piece);
    }
    while (reader.hasData()) {
      reader.poll();
    }
    if (reader.reportDue()) {
      reader.told();
      writer.report(reader.received(), reader.released(), reader.limit(), false);
    }
    return reader.outcome();
  }
}
