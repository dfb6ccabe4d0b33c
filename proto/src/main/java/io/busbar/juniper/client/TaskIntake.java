package io.busbar.juniper.client;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.ElementType;
import io.busbar.juniper.TensorHead;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task_assign whose tensors come one by one. For one thread. */
final class TaskIntake {
  private final Map<String, Object> header;
  private final List<String> names = new ArrayList<>();
  private final Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
  private String fault;

  TaskIntake(Map<String, Object> header) {
    this.header = header;
    if (!(header.get("tensor_manifest") instanceof Map<?, ?> manifest)) {
      fault = "Tensor manifest invalid: manifest is not a dict";
      return;
    }
    manifest.keySet().forEach(name -> names.add(String.valueOf(name)));
    if (names.isEmpty()) {
      fault = "Tensor manifest invalid: manifest is empty";
    }
  }

  /** Bytes of the next tensor's message as the manifest has it, 0 = not known. */
  int awaited() {
    Map<?, ?> manifest = (Map<?, ?>) header.get("tensor_manifest");
    if (isComplete()
        || !(manifest.get(names.get(tensors.size())) instanceof Map<?, ?> entry)
        || !(entry.get("dtype") instanceof String name)
        || !(entry.get("shape") instanceof List<?> extents)) {
      return 0;
    }
    ElementType type = ElementType.parse(name);
    List<Long> shape = new ArrayList<>();
    extents.forEach(extent -> shape.add(extent instanceof Long size ? size : -1L));
    try {
      return type == null ? 0 : new TensorHead(type, shape).messageBytes();
    } catch (BinaryFrameException e) {
      // The tensor is told to be wrong when it comes.
      return 0;
    }
  }

  /** Takes the next tensor. */
  void add(Buffer message) {
    String name = names.get(tensors.size());
    try {
      tensors.put(name, BinaryFrame.decode(bytes(message)));
    } catch (BinaryFrameException e) {
      fault = fault == null ? name + ": " + e.getMessage() : fault;
      tensors.put(name, null);
    }
  }

  /** Without copying: a message is nobody else's. */
  private static ByteBuffer bytes(Buffer message) {
    return ((BufferInternal) message).getByteBuf().nioBuffer();
  }

  boolean isComplete() {
    return tensors.size() == names.size();
  }

  /** What is wrong with it, null = nothing. */
  String fault() {
    return fault;
  }

  WorkerTask task() {
    return new WorkerTask(
        text("task_id"),
        text("round_id"),
        header.get("candidate_index") instanceof Number index ? index.longValue() : 0,
        object("candidate_data"),
        object("training_params"),
        tensors);
  }

  private String text(String key) {
    return header.get(key) instanceof String text ? text : "";
  }

  private Map<String, Object> object(String key) {
    Map<String, Object> object = new LinkedHashMap<>();
    if (header.get(key) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> object.put(String.valueOf(name), value));
    }
    return object;
  }
}
