package io.busbar.websocket;

import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.TensorHead;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hands the tensors of a multipart body to a worker while the body still comes: each is one
 * message, whose pieces are those of the body. The last piece of each is kept back until the end of
 * the part proves that the tensor is what its head said. Keeps no more than one piece and what
 * stands between two tensors. On the lane's context.
 */
final class TaskFeed {
  private enum Awaits {
    PART,
    ELEMENTS,
    DELIMITER,
    NOTHING
  }

  private final WorkerWire wire;
  private final MultipartMarks marks;
  private final Iterator<Map.Entry<String, TensorHead>> due;
  private final BodyBytes between = new BodyBytes(0);
  private Awaits awaits = Awaits.PART;
  private String name = "";
  private int left;
  private Buffer kept;

  /**
   * @param task whose text, and whose tensors that are here, the worker was given
   */
  TaskFeed(WorkerWire wire, TaskRequest task) {
    this.wire = wire;
    this.marks = task.rest().marks();
    Map<String, TensorHead> others = new LinkedHashMap<>(task.manifest());
    others.keySet().removeAll(task.tensors().keySet());
    this.due = others.entrySet().iterator();
  }

  /** The worker has all tensors. */
  boolean done() {
    return awaits == Awaits.NOTHING;
  }

  /**
   * The next bytes of the body.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE when the body is not what it began as;
   *     the worker then has a part of a task
   */
  void take(Buffer chunk) {
    Buffer in = chunk;
    while (in.length() > 0 && !done()) {
      in = awaits == Awaits.ELEMENTS ? elements(in) : mark(in);
    }
  }

  /**
   * The body is over.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE when it is too soon
   */
  void end() {
    if (!done()) {
      throw TaskFault.at("body", "the last part has no end");
    }
  }

  private Buffer elements(Buffer in) {
    int taken = Math.min(left, in.length());
    keep(in.slice(0, taken));
    left -= taken;
    if (left == 0) {
      awaits = Awaits.DELIMITER;
    }
    return in.slice(taken, in.length());
  }

  private void keep(Buffer piece) {
    if (kept != null) {
      wire.piece(kept, false);
    }
    kept = piece;
  }

  private Buffer mark(Buffer in) {
    between.add(in);
    int used = awaits == Awaits.DELIMITER ? delimiter() : part();
    if (used < 0) {
      return Buffer.buffer();
    }
    Buffer rest = between.from(used);
    between.clear();
    return rest;
  }

  /** Bytes used, -1 = more are needed. */
  private int delimiter() {
    if (between.length() < marks.length()) {
      return -1;
    }
    if (!marks.isAt(between.array(), 0, between.length())) {
      throw TaskFault.at("part " + name, "does not end where its shape says");
    }
    wire.piece(kept, true);
    kept = null;
    awaits = Awaits.PART;
    return marks.length();
  }

  private int part() {
    byte[] in = between.array();
    int end = between.length();
    if (MultipartMarks.closes(in, 0, end)) {
      if (due.hasNext()) {
        throw TaskFault.at("tensors." + due.next().getKey(), "missing, the task announced it");
      }
      awaits = Awaits.NOTHING;
      return end;
    }
    MultipartMarks.Part part = MultipartMarks.part(in, 0, end);
    if (part == null) {
      return -1;
    }
    ByteBuffer start = between.view(part.content(), end);
    TensorHead head;
    try {
      head = TensorHead.read(start);
    } catch (BinaryFrameException e) {
      throw TaskFault.at("part " + part.name(), e.getMessage());
    }
    if (head == null) {
      return -1;
    }
    begin(part.name(), head);
    return start.position();
  }

  private void begin(String part, TensorHead head) {
    if (!due.hasNext()) {
      throw TaskFault.at("part " + part, "comes behind the last tensor that was announced");
    }
    Map.Entry<String, TensorHead> expected = due.next();
    name = expected.getKey();
    if (!name.equals(part)) {
      throw TaskFault.at(
          "part " + part, "expected " + name + " as " + DeclaredTensors.KEY + " says");
    }
    DeclaredTensors.check(name, expected.getValue(), head);
    left = head.elementBytes();
    awaits = left == 0 ? Awaits.DELIMITER : Awaits.ELEMENTS;
    keep(Buffers.buffer(head.encode()));
  }
}
