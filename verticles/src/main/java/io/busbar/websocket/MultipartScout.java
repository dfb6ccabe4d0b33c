package io.busbar.websocket;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.TensorHead;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Looks at the beginning of a multipart body for the place from which its tensors can be handed on
 * while they still come. A worker must be told of all tensors before it gets the first one, so that
 * is where all of them are known: behind a task that declares them, or at the last tensor, which is
 * known by the length of the body. Whatever is odd is left to the reading of the whole body.
 */
final class MultipartScout {
  /** A preamble or a task that is longer is waited for with the rest. */
  private static final int MOST_WITHOUT_TENSOR = 1 << 20;

  /** Behind the last part: its dashes and a line break. */
  private static final int DASHES = 2;

  private static final int LINE_BREAK = 2;

  private final MultipartMarks marks;
  private final long announced;
  private final WorkersOptions options;
  private final Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
  private Map<String, Object> fields;
  private int at = -1;
  private boolean over;

  /**
   * @param announced bytes of the whole body, not positive = not known
   */
  MultipartScout(String boundary, long announced, WorkersOptions options) {
    this.marks = new MultipartMarks(boundary);
    this.announced = announced;
    this.options = options;
  }

  /** There is no such place. */
  boolean over() {
    return over;
  }

  /**
   * The task as far as it came, once its tensors can be handed on; null = not yet, or never.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE when no worker can take it
   */
  TaskRequest look(BodyBytes body) {
    byte[] in = body.array();
    int end = body.length();
    if (at < 0) {
      at = marks.first(in, end);
    }
    TaskRequest found = null;
    boolean further = at >= 0;
    while (further && found == null && !over) {
      MultipartMarks.Part part =
          MultipartMarks.closes(in, at, end) ? null : MultipartMarks.part(in, at, end);
      if (part == null) {
        break;
      }
      if (part.name().equals(MultipartTask.TASK)) {
        further = task(body, part);
        found = further ? declared(body) : null;
      } else if (fields == null) {
        over = true;
      } else {
        TensorHead head = head(body, part);
        found = head == null ? null : last(body, part, head);
        further = head != null && found == null && stored(body, part, head);
      }
    }
    over |= found == null && at + MOST_WITHOUT_TENSOR < end && tensors.isEmpty() && fields == null;
    return found;
  }

  private boolean task(BodyBytes body, MultipartMarks.Part part) {
    int end = marks.next(body.array(), Math.max(part.content() - 2, 0), body.length());
    if (end < 0) {
      return false;
    }
    over = fields != null || !tensors.isEmpty();
    fields = MultipartTask.fields(body.array(), part.content(), Math.max(end, part.content()));
    at = end + marks.length();
    return true;
  }

  private TaskRequest declared(BodyBytes body) {
    Map<String, TensorHead> heads = over ? null : DeclaredTensors.read(fields);
    return heads == null ? null : begun(body, heads);
  }

  /** Its head; null = not here yet. */
  private TensorHead head(BodyBytes body, MultipartMarks.Part part) {
    ByteBuffer start = body.view(part.content(), body.length());
    try {
      return TensorHead.read(start);
    } catch (BinaryFrameException e) {
      throw TaskFault.at("part " + part.name(), e.getMessage());
    }
  }

  private TaskRequest last(BodyBytes body, MultipartMarks.Part part, TensorHead head) {
    long behind = announced - end(body, part, head);
    long least = marks.length() + DASHES;
    if (announced <= 0 || behind < least || behind > least + LINE_BREAK) {
      return null;
    }
    Map<String, TensorHead> heads = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> heads.put(name, TensorHead.of(tensor)));
    // A name that comes twice is the later one's, in the place of the former: not to be streamed.
    over = heads.put(TaskRequest.checkName(part.name()), head) != null;
    return over ? null : begun(body, heads);
  }

  private static long end(BodyBytes body, MultipartMarks.Part part, TensorHead head) {
    ByteBuffer start = body.view(part.content(), body.length());
    TensorHead.read(start);
    return (long) start.position() + head.elementBytes();
  }

  private TaskRequest begun(BodyBytes body, Map<String, TensorHead> heads) {
    return TaskRequest.begun(
        fields, heads, tensors, new TaskRequest.Rest(marks, body.from(at)), options);
  }

  /** Whether a tensor is here as a whole, so that the next part can be looked at. */
  private boolean stored(BodyBytes body, MultipartMarks.Part part, TensorHead head) {
    long end = end(body, part, head);
    if (body.length() < end + marks.length()) {
      return false;
    }
    over =
        !marks.isAt(body.array(), (int) end, body.length())
            || tensors.put(
                    TaskRequest.checkName(part.name()),
                    BinaryFrame.decode(body.view(part.content(), (int) end)))
                != null;
    at = (int) end + marks.length();
    return true;
  }
}
