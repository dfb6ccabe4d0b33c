package io.busbar.bus.impl;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;

/**
 * The writing end of a stream as a state machine: what was written, sent, received, released, and
 * what to send next. Offsets in units. Knows no clock and no network.
 *
 * <p>Always {@code kept <= released or received <= sent <= written}, and no data is sent at or
 * beyond {@code limit}; head and outcome pass it.
 */
final class WriterState {
  /** Bits of the answer to {@link #report}. */
  static final int ADVANCED = 1;

  static final int COMMITTED = 2;
  static final int RESEND = 4;
  static final int DONE = 8;
  static final int BAD = 16;

  /** Small writes that wait together are joined up to this many bytes. */
  private static final int JOIN = 4096;

  private final Direction direction;
  private final int frame;
  private final Grants grants;
  private int attempt;
  private long limit;
  private long replay;

  private Segment first;
  private Segment last;
  private Segment cursor;
  private long kept;
  private long written;
  private long sent;
  private long sentMost;
  private long received;
  private long released;
  private long dataWritten;
  private boolean ended;
  private boolean closed;

  /** Nobody said yet that the reader is there. */
  private boolean ahead;

  /**
   * @param frame largest data of a frame, bytes
   * @param replay bytes kept for a rewind
   */
  WriterState(int attempt, Direction direction, int frame, long limit, long replay, Grants grants) {
    this.attempt = attempt;
    this.direction = direction;
    this.frame = frame;
    this.limit = limit;
    this.replay = replay;
    this.grants = grants;
  }

  int attempt() {
    return attempt;
  }

  Direction direction() {
    return direction;
  }

  void head(ResponseHead head) {
    if (written != 0) {
      throw new IllegalStateException("the head comes first and once");
    }
    append(Segment.of(head));
  }

  void data(ByteString bytes) {
    if (bytes.isEmpty()) {
      return;
    }
    dataWritten += bytes.size();
    grants.take(bytes.size());
    append(Segment.of(written, bytes));
  }

  void outcome(Outcome outcome) {
    ended = true;
    append(Segment.of(written, outcome));
  }

  private void append(Segment segment) {
    if (last == null) {
      first = segment;
    } else {
      last.next = segment;
    }
    last = segment;
    if (cursor == null) {
      cursor = segment;
    }
    written = segment.end;
  }

  void replay(long bytes) {
    replay = bytes;
  }

  /** Whether anything may be sent now, the peer's window aside. */
  boolean canSend() {
    return cursor != null && (cursor.data == null || sent < limit);
  }

  /** Data bytes the next frame would carry, the peer's window aside; 0 = it needs no window. */
  long nextBytes() {
    return cursor == null || cursor.data == null
        ? 0
        : Math.max(0, Math.min(frame, Math.min(limit, cursor.end) - sent));
  }

  /**
   * Fills in what the next frame carries, from now on counted as sent; false = nothing.
   *
   * @param room data bytes it may carry
   */
  boolean next(long room, Piece piece) {
    Segment at = cursor;
    if (at == null) {
      return false;
    }
    long offset = sent;
    piece.clear();
    piece.offset = offset;
    piece.ahead = ahead;
    if (at.head != null) {
      piece.head = at.head;
      sent++;
      at = at.next;
    }
    if (at != null && at.data != null) {
      at = data(at, Math.min(Math.min(frame, room), limit - sent), piece);
    }
    if (at != null && at.outcome != null) {
      piece.outcome = at.outcome;
      sent++;
      at = null;
    }
    cursor = at;
    sentMost = Math.max(sentMost, sent);
    return sent > offset;
  }

  /** Puts up to {@code most} bytes from here on into the frame; where to go on. */
  private Segment data(Segment at, long most, Piece piece) {
    if (most <= 0) {
      return at;
    }
    int from = (int) (sent - at.start);
    int size = (int) Math.min(most, at.data.size() - from);
    boolean joins =
        size < JOIN && from + size == at.data.size() && at.next != null && at.next.data != null;
    if (joins) {
      return join(at, (int) Math.min(most, JOIN), piece);
    }
    piece.data =
        from == 0 && size == at.data.size() ? at.data : at.data.substring(from, from + size);
    sent += size;
    return sent == at.end ? at.next : at;
  }

  private Segment join(Segment at, int most, Piece piece) {
    byte[] joined = new byte[most];
    int filled = 0;
    Segment now = at;
    while (now != null && now.data != null && filled < most) {
      int from = (int) (sent - now.start);
      int size = Math.min(most - filled, now.data.size() - from);
      now.data.copyTo(joined, from, filled, size);
      filled += size;
      sent += size;
      if (sent == now.end) {
        now = now.next;
      }
    }
    piece.data = UnsafeByteOperations.unsafeWrap(joined, 0, filled);
    return now;
  }

  /** What the reader says; bits as above. */
  int report(long nowReceived, long nowReleased, long nowLimit, boolean resend) {
    if (nowReceived < 0
        || nowReceived > sentMost
        || nowReleased < 0
        || nowReleased > nowReceived
        || nowLimit < 0) {
      return BAD;
    }
    int result = 0;
    if (nowReceived > received) {
      received = nowReceived;
      result |= ADVANCED;
      if (sent < received) {
        seek(received);
      }
    }
    if (nowReleased > released) {
      result |= released == 0 ? ADVANCED | COMMITTED : ADVANCED;
      released = nowReleased;
    }
    if (nowLimit > limit) {
      limit = nowLimit;
      result |= ADVANCED;
    }
    if (resend && nowReceived == received && sent > received) {
      seek(received);
      result |= RESEND;
    }
    forget();
    if (ended && released == written) {
      result |= DONE;
    }
    return result;
  }

  /** Drops what nobody can ask for again. */
  private void forget() {
    // Past the replay limit nothing can be rewound, so only resending needs the bytes.
    long to = released > 0 || dataWritten > replay ? received : released;
    while (first != null && first.end <= to) {
      if (first.data != null) {
        grants.give(first.data.size());
      }
      kept = first.end;
      first = first.next;
    }
    if (first == null) {
      last = null;
    }
  }

  private void seek(long offset) {
    sent = offset;
    Segment at = first;
    while (at != null && at.end <= offset) {
      at = at.next;
    }
    cursor = at;
  }

  boolean canRewind() {
    return released == 0 && kept == 0 && !closed;
  }

  /** Starts again from 0 for another reader. Only when {@link #canRewind()}. */
  void rewind(int newAttempt, long newLimit) {
    attempt = newAttempt;
    limit = newLimit;
    ahead = false;
    received = 0;
    sentMost = 0;
    seek(0);
  }

  /** From here on frames say that they go ahead of the accept. */
  void goAhead() {
    ahead = true;
  }

  /** The reader is there, and grants that much. */
  void confirmed(long grant) {
    ahead = false;
    limit = Math.max(limit, grant);
  }

  /** Gives back the memory; nothing more is sent. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Segment at = first; at != null; at = at.next) {
      if (at.data != null) {
        grants.give(at.data.size());
      }
    }
    first = null;
    last = null;
    cursor = null;
    kept = written;
  }

  /**
   * @param lookahead units that may wait beyond what may be sent
   */
  boolean full(long lookahead) {
    return written >= Math.max(limit, sent) + lookahead;
  }

  /** Whether something is outstanding that only the reader can say. */
  boolean waits() {
    return !closed && (sent > received || released < received || (cursor != null && !canSend()));
  }

  long inFlight() {
    return closed ? 0 : sent - received;
  }

  boolean committed() {
    return released > 0 || kept > 0;
  }

  boolean ended() {
    return ended;
  }

  boolean closed() {
    return closed;
  }

  long written() {
    return written;
  }

  long dataWritten() {
    return dataWritten;
  }

  long sent() {
    return sent;
  }

  long received() {
    return received;
  }

  long released() {
    return released;
  }

  long limit() {
    return limit;
  }

  /** Units kept: not yet released, or not yet received. */
  long held() {
    return written - kept;
  }
}
