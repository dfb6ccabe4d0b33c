package io.busbar.bus.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import java.util.ArrayDeque;

/**
 * The reading end of a stream as a state machine: what arrived in order, what was consumed, what to
 * grant and what to report. Offsets in units. Knows no clock and no network.
 */
final class ReaderState {
  /** Bits of the answer to {@link #frame}. */
  static final int FIRST = 1;

  static final int GREW = 2;
  static final int DUPLICATE = 4;
  static final int GAP = 8;
  static final int BAD = 16;

  /** An answer up to this many units may wait a little for being forgotten. */
  private static final int SHORT = 16 << 10;

  private final int attempt;
  private final Direction direction;
  private final int smallest;
  private final long largest;
  private final Grants grants;

  /** Mostly there is one at most, so the rest is made when it is needed. */
  private ByteString first;

  private ArrayDeque<ByteString> rest;
  private ResponseHead head;
  private Outcome outcome;
  private long total = -1;
  private long received;
  private long consumed;
  private long reserved;
  private long limit;
  private long window;
  private long grownAt;
  private long withheldLimit;
  private boolean withholding;
  private boolean arrived;
  private boolean closed;

  private long toldReceived;
  private long toldReleased;
  private long toldLimit;
  private long gapAt = -1;
  private boolean asked;
  private boolean resend;

  /**
   * @param smallest grant that is always given, bytes
   * @param largest grant beyond what was consumed
   * @param limit first limit, known to the writer
   */
  ReaderState(
      int attempt, Direction direction, int smallest, long largest, long limit, Grants grants) {
    this.attempt = attempt;
    this.direction = direction;
    this.smallest = smallest;
    this.largest = largest;
    this.limit = limit;
    this.toldLimit = limit;
    this.window = Math.max(smallest, Math.min(largest, limit));
    this.grants = grants;
    this.reserved = limit;
    grants.take(limit);
  }

  int attempt() {
    return attempt;
  }

  Direction direction() {
    return direction;
  }

  /** What arrived; bits as above. */
  int frame(Piece piece) {
    int result = arrived ? 0 : FIRST;
    arrived = true;
    if (piece.ask) {
      asked = true;
    }
    long offset = piece.offset;
    int headUnits = piece.head != null ? 1 : 0;
    ByteString data = piece.data;
    long end = offset + headUnits + data.size() + (piece.outcome != null ? 1 : 0);
    if (offset < 0
        || end < offset
        || (headUnits == 1 && offset != 0)
        || (total >= 0 && end > total)
        || offset + headUnits + data.size() > limit + largest) {
      return result | BAD;
    }
    if (offset > received) {
      if (gapAt != received) {
        gapAt = received;
        asked = true;
        resend = true;
      }
      return result | GAP;
    }
    if (end <= received) {
      return end == offset ? result : result | DUPLICATE;
    }
    if (offset < received) {
      result |= DUPLICATE;
    }
    take(piece, offset + headUnits, end);
    gapAt = -1;
    resend = false;
    return result | GREW;
  }

  private void take(Piece piece, long dataStart, long end) {
    if (piece.head != null && received == 0) {
      head = piece.head;
      received = 1;
      consume(1);
      if (limit <= received) {
        // Nothing that follows could come, and be polled, else.
        grant();
      }
    }
    ByteString data = piece.data;
    int have = (int) (received - dataStart);
    if (have < data.size()) {
      ByteString fresh = have == 0 ? data : data.substring(have);
      append(fresh);
      received += fresh.size();
    }
    if (piece.outcome != null) {
      outcome = piece.outcome;
      received = end;
      total = end;
      long unused = reserved - (total - consumed);
      if (unused > 0) {
        reserved -= unused;
        grants.give(unused);
      }
    }
  }

  private void append(ByteString bytes) {
    if (first == null) {
      first = bytes;
      return;
    }
    if (rest == null) {
      rest = new ArrayDeque<>();
    }
    rest.add(bytes);
  }

  ResponseHead head() {
    return head;
  }

  boolean hasData() {
    return first != null;
  }

  /** The next bytes, which count as consumed from now on. */
  ByteString poll() {
    ByteString bytes = first;
    first = rest == null ? null : rest.poll();
    consume(bytes.size());
    grant();
    return bytes;
  }

  private void consume(long units) {
    consumed += units;
    long back = Math.min(units, reserved);
    reserved -= back;
    grants.give(back);
  }

  /** Moves the limit when that is worth it. */
  private void grant() {
    if (total >= 0 || closed) {
      return;
    }
    if (grants.scarce()) {
      window = Math.max(smallest, window / 2);
    } else if (window < largest && consumed - grownAt >= window / 2) {
      window = Math.min(largest, 2 * window);
      grownAt = consumed;
    }
    long wanted = consumed + window;
    if (withholding) {
      wanted = Math.min(wanted, withheldLimit);
    }
    long more = wanted - limit;
    if (more > 0 && 2 * more >= window && grants.tryTake(more)) {
      reserved += more;
      limit = wanted;
      return;
    }
    long least = Math.min(consumed + smallest, wanted) - limit;
    if (least > 0) {
      grants.take(least);
      reserved += least;
      limit += least;
    }
  }

  /** The outcome, once nothing waits before it; null = not yet. */
  Outcome outcome() {
    return first == null ? outcome : null;
  }

  /** Whether all of the stream is here. */
  boolean complete() {
    return total >= 0;
  }

  /**
   * From now on nothing is released, until {@link #release()}.
   *
   * @param replay units the writer keeps; the limit rises to it if memory allows
   */
  void withhold(long replay) {
    withholding = true;
    withheldLimit = Math.max(largest, replay);
    long more = withheldLimit - limit;
    if (more > 0 && !grants.scarce() && grants.tryTake(more)) {
      reserved += more;
      limit = withheldLimit;
    }
  }

  void release() {
    if (withholding) {
      withholding = false;
      grant();
    }
  }

  boolean withholding() {
    return withholding;
  }

  /** What came was not taken in: it has to come again. */
  void missed() {
    asked = true;
    resend = true;
  }

  /** The writer asks. */
  void probe(long sent) {
    asked = true;
    if (sent > received) {
      resend = true;
    }
  }

  /** Whether a report is worth a message. */
  boolean reportDue() {
    return asked
        || (total >= 0 && toldReceived < total)
        || (toldReleased == 0 && released() > 0)
        || (total >= 0 && toldReleased < released())
        || 4 * (received - toldReceived) >= window
        || (received >= toldLimit && limit > toldLimit)
        || 2 * (limit - toldLimit) >= window;
  }

  /**
   * Whether the report that is due only lets the writer forget a short answer: nobody waits for
   * that. A request's report is its commit and goes at once.
   */
  boolean lastReportCanWait() {
    return direction == Direction.RESPONSE
        && !asked
        && !withholding
        && total >= 0
        && total <= SHORT
        && toldReceived < total;
  }

  /** Whether the writer is to send again what comes after {@link #received()}. */
  boolean resend() {
    return resend;
  }

  /** Where things stand now was reported. */
  void told() {
    toldReceived = received;
    toldReleased = released();
    toldLimit = limit;
    asked = false;
    resend = false;
  }

  /** Gives back the memory. */
  void close() {
    if (!closed) {
      closed = true;
      grants.give(reserved);
      reserved = 0;
      first = null;
      rest = null;
    }
  }

  long received() {
    return received;
  }

  long released() {
    return withholding ? 0 : received;
  }

  long limit() {
    return limit;
  }

  long consumed() {
    return consumed;
  }

  /** Bytes here that nobody consumed. */
  long heldBytes() {
    return Math.max(0, received - consumed - (total >= 0 ? 1 : 0));
  }
}
