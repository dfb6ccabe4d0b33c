package io.busbar.bus.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;

/** What one write put into a stream: a head, bytes or the outcome. Linked in order of offsets. */
final class Segment {
  final long start;
  final long end;
  final ResponseHead head;
  final ByteString data;
  final Outcome outcome;
  Segment next;

  private Segment(long start, long units, ResponseHead head, ByteString data, Outcome outcome) {
    this.start = start;
    this.end = start + units;
    this.head = head;
    this.data = data;
    this.outcome = outcome;
  }

  static Segment of(ResponseHead head) {
    return new Segment(0, 1, head, null, null);
  }

  static Segment of(long start, ByteString data) {
    return new Segment(start, data.size(), null, data, null);
  }

  static Segment of(long start, Outcome outcome) {
    return new Segment(start, 1, null, null, outcome);
  }
}
