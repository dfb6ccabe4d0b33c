package io.busbar.websocket;

import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.ResultCheck;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The multipart form of a task: a part {@code task} with the JSON, every other part a tensor frame
 * under its name. Tensors are views of the body.
 */
final class MultipartTask {
  static final String TASK = "task";

  private final byte[] body;
  private final int length;
  private final MultipartMarks marks;
  private final Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
  private Map<String, Object> fields;

  private MultipartTask(BodyBytes body, String boundary) {
    this.body = body.array();
    this.length = body.length();
    this.marks = new MultipartMarks(boundary);
  }

  /**
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the part
   */
  static TaskRequest read(BodyBytes body, String boundary, WorkersOptions options) {
    MultipartTask task = new MultipartTask(body, boundary);
    task.parts();
    if (task.fields == null) {
      throw TaskFault.at("part task", "missing");
    }
    return TaskRequest.of(task.fields, task.tensors, options);
  }

  private void parts() {
    int at = marks.first(body, length);
    if (at < 0) {
      throw TaskFault.at("body", "no part begins with the boundary of the content-type");
    }
    while (!MultipartMarks.closes(body, at, length)) {
      MultipartMarks.Part part = MultipartMarks.part(body, at, length);
      if (part == null) {
        throw TaskFault.at("body", "a part without the end of its headers");
      }
      int content = part.content();
      int end = marks.next(body, Math.max(content - 2, 0), length);
      if (end < 0) {
        throw TaskFault.at("body", "the last part has no end");
      }
      part(part.name(), content, Math.max(content, end));
      at = end + marks.length();
    }
  }

  private void part(String name, int start, int end) {
    if (name.equals(TASK)) {
      fields = fields(body, start, end);
      return;
    }
    TaskRequest.checkName(name);
    if (tensors.size() >= ResultCheck.MAX_MANIFEST) {
      throw TaskFault.at("tensors", "more than " + ResultCheck.MAX_MANIFEST + " parts");
    }
    try {
      tensors.put(name, BinaryFrame.decode(ByteBuffer.wrap(body, start, end - start)));
    } catch (BinaryFrameException e) {
      throw TaskFault.at("part " + name, e.getMessage());
    }
  }

  /**
   * The part {@code task}.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE when it is no JSON object
   */
  @SuppressWarnings("unchecked") // keys of a JSON object are strings
  static Map<String, Object> fields(byte[] body, int start, int end) {
    Object task;
    try {
      task = JuniperJson.read(new String(body, start, end - start, StandardCharsets.UTF_8));
    } catch (JsonException e) {
      throw TaskFault.at("part task", "no JSON: " + Failure.shorten(e.getMessage(), 200));
    }
    if (!(task instanceof Map<?, ?>)) {
      throw TaskFault.at("part task", "expected a JSON object");
    }
    return (Map<String, Object>) task;
  }
}
