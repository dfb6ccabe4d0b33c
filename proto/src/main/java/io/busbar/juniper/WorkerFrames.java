package io.busbar.juniper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The texts that the server side of the worker endpoint sends. Pure functions. */
public final class WorkerFrames {

  private WorkerFrames() {}

  /** The first frame of every connection. */
  public static String connectionEstablished() {
    Map<String, Object> frame = typed(WorkerMessageType.CONNECTION_ESTABLISHED);
    frame.put("data", Map.of("channel", "workers"));
    return JuniperJson.write(frame);
  }

  /**
   * @param workerId made by the server
   * @param clientName as the worker calls itself
   */
  public static String registrationAck(String workerId, String clientName) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("status", "registered");
    data.put("client_name", clientName);
    Map<String, Object> frame = typed(WorkerMessageType.REGISTRATION_ACK);
    frame.put("worker_id", workerId);
    frame.put("data", data);
    return JuniperJson.write(frame);
  }

  /**
   * @param timestamp Unix seconds
   */
  public static String heartbeat(String workerId, double timestamp) {
    Map<String, Object> frame = typed(WorkerMessageType.HEARTBEAT);
    frame.put("worker_id", workerId);
    frame.put("timestamp", timestamp);
    return JuniperJson.write(frame);
  }

  /**
   * @param timestamp Unix seconds
   * @param details null = none
   */
  public static String error(String error, double timestamp, String details) {
    Map<String, Object> frame = typed(WorkerMessageType.ERROR);
    frame.put("error", error);
    frame.put("timestamp", timestamp);
    if (details != null) {
      frame.put("details", details);
    }
    return JuniperJson.write(frame);
  }

  /**
   * @param taskId null when the result named none
   */
  public static String resultAck(String taskId, boolean accepted) {
    Map<String, Object> frame = typed(WorkerMessageType.RESULT_ACK);
    frame.put("task_id", taskId);
    frame.put("status", accepted ? "accepted" : "rejected");
    return JuniperJson.write(frame);
  }

  /**
   * A task; one binary message per tensor follows, in the order of the map.
   *
   * @param manifest by name, in the order of sending
   */
  public static String taskAssign(
      String taskId,
      String roundId,
      long candidateIndex,
      Map<String, Object> candidateData,
      Map<String, Object> trainingParams,
      Map<String, TensorHead> manifest) {
    Map<String, Object> frame = typed(WorkerMessageType.TASK_ASSIGN);
    frame.put("task_id", taskId);
    frame.put("round_id", roundId);
    frame.put("candidate_index", candidateIndex);
    frame.put("candidate_data", candidateData);
    frame.put("training_params", trainingParams);
    Map<String, Object> entries = new LinkedHashMap<>();
    manifest.forEach((name, head) -> entries.put(name, entry(head.type(), head.shape())));
    frame.put("tensor_manifest", entries);
    return JuniperJson.write(frame);
  }

  /** The heads of tensors, in the same order. */
  public static Map<String, TensorHead> heads(Map<String, BinaryFrame> tensors) {
    Map<String, TensorHead> heads = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> heads.put(name, TensorHead.of(tensor)));
    return heads;
  }

  /** Shape and type of each tensor, in the same order. */
  public static Map<String, Object> manifest(Map<String, BinaryFrame> tensors) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> manifest.put(name, entry(tensor.type(), tensor.shape())));
    return manifest;
  }

  private static Map<String, Object> entry(ElementType type, List<Long> shape) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("shape", shape);
    entry.put("dtype", type.wireName());
    return entry;
  }

  private static Map<String, Object> typed(WorkerMessageType type) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", type.wireName());
    return frame;
  }
}
