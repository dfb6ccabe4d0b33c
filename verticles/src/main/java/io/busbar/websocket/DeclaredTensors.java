package io.busbar.websocket;

import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrameException;
import io.busbar.juniper.ElementType;
import io.busbar.juniper.ResultCheck;
import io.busbar.juniper.TensorHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors that a task's JSON announces, {@code tensor_manifest} as in a task_assign: with it a
 * worker can be told of the task before its tensors are here.
 */
final class DeclaredTensors {
  static final String KEY = "tensor_manifest";

  private DeclaredTensors() {}

  /**
   * In their order; null = the task has none.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the entry
   */
  static Map<String, TensorHead> read(Map<String, Object> fields) {
    if (!fields.containsKey(KEY)) {
      return null;
    }
    if (!(fields.get(KEY) instanceof Map<?, ?> entries)) {
      throw TaskFault.at(KEY, "expected an object");
    }
    if (entries.size() > ResultCheck.MAX_MANIFEST) {
      throw TaskFault.at(
          KEY, entries.size() + " entries, expected at most " + ResultCheck.MAX_MANIFEST);
    }
    Map<String, TensorHead> heads = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) ->
            heads.put(TaskRequest.checkName((String) name), head(KEY + "." + name, entry)));
    return heads;
  }

  private static TensorHead head(String field, Object entry) {
    if (!(entry instanceof Map<?, ?> head)) {
      throw TaskFault.at(field, "expected an object of shape and dtype");
    }
    ElementType type = head.get("dtype") instanceof String name ? ElementType.parse(name) : null;
    if (type == null) {
      String shown = Failure.shorten(String.valueOf(head.get("dtype")), 40);
      throw TaskFault.at(field + ".dtype", "'" + shown + "' is no type such as float32");
    }
    List<Long> shape = new ArrayList<>();
    if (!(head.get("shape") instanceof List<?> extents)) {
      throw TaskFault.at(field + ".shape", "expected a list of extents");
    }
    for (Object extent : extents) {
      if (!(extent instanceof Long size)) {
        throw TaskFault.at(field + ".shape", "expected integers from 0");
      }
      shape.add(size);
    }
    try {
      return new TensorHead(type, shape);
    } catch (BinaryFrameException e) {
      throw TaskFault.at(field + ".shape", e.getMessage());
    }
  }

  /**
   * Compares with what came.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the tensor
   */
  static void check(Map<String, TensorHead> declared, Map<String, TensorHead> actual) {
    declared.forEach(
        (name, head) -> {
          if (!actual.containsKey(name)) {
            throw TaskFault.at("tensors." + name, "missing, " + KEY + " names it");
          }
          check(name, head, actual.get(name));
        });
    if (!List.copyOf(declared.keySet()).equals(List.copyOf(actual.keySet()))) {
      throw TaskFault.at(KEY, "expected the tensors that come, in their order");
    }
  }

  static void check(String name, TensorHead declared, TensorHead actual) {
    if (!declared.equals(actual)) {
      throw TaskFault.at(
          KEY + "." + name, shown(declared) + ", but the tensor is " + shown(actual));
    }
  }

  private static String shown(TensorHead head) {
    return head.type().wireName() + head.shape();
  }
}
