package io.busbar.websocket;

import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.ResultCheck;
import io.busbar.juniper.TensorHead;
import io.busbar.juniper.WorkerFrames;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;

/**
 * A task as a call brought it, checked against what a stock worker needs.
 *
 * @param manifest all tensors, in the order of the body, which is the order of sending
 * @param tensors those that are here, in the same order
 * @param rest where the others come from; null = all are here
 */
record TaskRequest(
    long candidateIndex,
    Map<String, Object> candidateData,
    Map<String, Object> trainingParams,
    Map<String, TensorHead> manifest,
    Map<String, BinaryFrame> tensors,
    Rest rest) {
  private static final List<String> NEEDED = List.of("candidate_input", "residual_error");
  private static final int MAX_NAME = 64;

  /**
   * The part of a body that was not looked at.
   *
   * @param begun what of it came already, from behind a delimiter on
   */
  record Rest(MultipartMarks marks, Buffer begun) {}

  /**
   * @param fields of the body without tensors; other keys than the known ones are ignored
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the field
   */
  static TaskRequest of(
      Map<String, Object> fields, Map<String, BinaryFrame> tensors, WorkersOptions options) {
    Map<String, TensorHead> manifest = WorkerFrames.heads(tensors);
    TaskRequest task = begun(fields, manifest, tensors, null, options);
    Map<String, TensorHead> declared = DeclaredTensors.read(fields);
    if (declared != null) {
      DeclaredTensors.check(declared, manifest);
    }
    return task;
  }

  /**
   * A task whose tensors are not all here.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE naming the field
   */
  static TaskRequest begun(
      Map<String, Object> fields,
      Map<String, TensorHead> manifest,
      Map<String, BinaryFrame> tensors,
      Rest rest,
      WorkersOptions options) {
    Map<String, Object> data = object(fields, "candidate_data");
    if (data == null) {
      throw TaskFault.at("candidate_data", "missing, expected an object");
    }
    if (!(data.get("input_size") instanceof Long size) || size < 1) {
      throw TaskFault.at("candidate_data.input_size", "expected a positive integer");
    }
    Map<String, Object> params = object(fields, "training_params");
    Object index = fields.getOrDefault("candidate_index", 0L);
    if (!(index instanceof Long)) {
      throw TaskFault.at("candidate_index", "expected an integer");
    }
    checkTensors(manifest, options);
    long all = manifest.values().stream().mapToLong(TensorHead::messageBytes).sum();
    if (rest != null && all > options.maxTask()) {
      throw TaskForm.tooLarge(options.maxTask()).toException();
    }
    return new TaskRequest(
        (Long) index, data, params == null ? Map.of() : params, manifest, tensors, rest);
  }

  private static void checkTensors(Map<String, TensorHead> tensors, WorkersOptions options) {
    if (tensors.size() > ResultCheck.MAX_MANIFEST) {
      throw TaskFault.at(
          "tensors", tensors.size() + " entries, expected at most " + ResultCheck.MAX_MANIFEST);
    }
    tensors.forEach(
        (name, tensor) -> {
          if (tensor.messageBytes() > options.maxTensor()) {
            throw TaskFault.at(
                "tensors." + name,
                tensor.messageBytes()
                    + " bytes as a frame, expected at most workers.max-tensor, "
                    + options.maxTensor());
          }
        });
    for (String name : NEEDED) {
      if (!tensors.containsKey(name)) {
        throw TaskFault.at("tensors." + name, "missing, every worker needs it");
      }
    }
  }

  static String checkName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw TaskFault.at(
          "tensors", "name '" + Failure.shorten(name, 80) + "', expected 1 to 64 characters");
    }
    return name;
  }

  @SuppressWarnings("unchecked") // keys of a JSON object are strings
  private static Map<String, Object> object(Map<String, Object> fields, String key) {
    Object value = fields.get(key);
    if (value == null && !fields.containsKey(key)) {
      return null;
    }
    if (!(value instanceof Map<?, ?>)) {
      throw TaskFault.at(key, "expected an object");
    }
    return (Map<String, Object>) value;
  }
}
