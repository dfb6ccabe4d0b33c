package io.busbar.juniper;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * Judges the content of a task result: the header's fields, and the tensors against the manifest.
 * Pure, throws nothing.
 */
public final class ResultCheck {
  /** Largest absolute weight. */
  public static final double MAX_WEIGHT = 100;

  /** Most tensors of one result. */
  public static final int MAX_MANIFEST = 32;

  private ResultCheck() {}

  /**
   * What is wrong with the manifest of a header, in the words of the protocol; null = nothing. A
   * header without one has an empty one.
   */
  public static String manifestFault(Map<String, Object> header) {
    if (!header.containsKey("tensor_manifest")) {
      return null;
    }
    Object manifest = header.get("tensor_manifest");
    if (!(manifest instanceof Map<?, ?> map)) {
      return "tensor_manifest must be a JSON object, got " + PythonNames.typeOf(manifest);
    }
    return map.size() <= MAX_MANIFEST
        ? null
        : "tensor_manifest has too many entries: " + map.size() + " > " + MAX_MANIFEST;
  }

  /** The manifest of a header without a fault in it. */
  public static Map<String, Object> manifest(Map<String, Object> header) {
    Map<String, Object> manifest = Envelopes.asObject(header.get("tensor_manifest"));
    return manifest == null ? Map.of() : manifest;
  }

  /**
   * What is wrong with a result; null = it is accepted.
   *
   * @param tensors as they came, by the names of the manifest
   */
  public static String fault(Map<String, Object> header, Map<String, BinaryFrame> tensors) {
    String fault = fieldFault(header);
    if (fault != null) {
      return fault;
    }
    for (Map.Entry<String, Object> entry : manifest(header).entrySet()) {
      fault = tensorFault(entry.getKey(), entry.getValue(), tensors.get(entry.getKey()));
      if (fault != null) {
        return fault;
      }
    }
    BinaryFrame weights = tensors.get("weights");
    if (weights == null) {
      return Boolean.TRUE.equals(header.get("success")) ? "weights: missing" : null;
    }
    if (weights.elements() == 0) {
      return "weights: empty";
    }
    double largest = Elements.largest(weights);
    return largest <= MAX_WEIGHT ? null : "weights: " + largest + " is beyond " + MAX_WEIGHT;
  }

  private static String fieldFault(Map<String, Object> header) {
    if (!(header.get("task_id") instanceof String)) {
      return "task_id: expected a string";
    }
    if (!isInteger(header.get("candidate_id"))) {
      return "candidate_id: expected an integer";
    }
    if (!(header.get("correlation") instanceof Number correlation)
        || !(correlation.doubleValue() >= 0 && correlation.doubleValue() <= 1)) {
      return "correlation: expected a number from 0 to 1";
    }
    if (!(header.get("success") instanceof Boolean)) {
      return "success: expected a boolean";
    }
    return isInteger(header.get("epochs_completed"))
        ? null
        : "epochs_completed: expected an integer";
  }

  private static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof BigInteger;
  }

  private static String tensorFault(String name, Object declared, BinaryFrame tensor) {
    if (!(declared instanceof Map<?, ?> entry)) {
      return name + ": its manifest entry is no object";
    }
    if (tensor == null) {
      return name + ": missing";
    }
    if (!tensor.type().wireName().equals(entry.get("dtype"))) {
      return name + ": dtype " + tensor.type().wireName() + " is not the manifest's";
    }
    if (!(entry.get("shape") instanceof List<?> shape) || !sameShape(shape, tensor.shape())) {
      return name + ": shape " + tensor.shape() + " is not the manifest's";
    }
    return Elements.hasNonFinite(tensor) ? name + ": not a number or infinite" : null;
  }

  private static boolean sameShape(List<?> declared, List<Long> actual) {
    if (declared.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < actual.size(); i++) {
      if (!(declared.get(i) instanceof Number extent)
          || extent.doubleValue() != actual.get(i).doubleValue()) {
        return false;
      }
    }
    return true;
  }
}
