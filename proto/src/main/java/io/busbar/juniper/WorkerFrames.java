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
   * @param tensors by name, in the order of sending
   */
  public static String taskAssign(
      String taskId,
      String roundId,
      long candidateIndex,
      Map<String, Object> candidateData,
      Map<String, Object> trainingParams,
      Map<String, BinaryFrame> tensors) {
    Map<String, Object> frame = typed(WorkerMessageType.TASK_ASSIGN);
    frame.put("task_id", taskId);
    frame.put("round_id", roundId);
    frame.put("candidate_index", candidateIndex);
    frame.put("candidate_data", candidateData);
    frame.put("training_params", trainingParams);
    frame.put("tensor_manifest", manifest(tensors));
    return JuniperJson.write(frame);
  }

  /** Shape and type of each tensor, in the same order. */
  public static Map<String, Object> manifest(Map<String, BinaryFrame> tensors) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          List<Long> shape = tensor.shape();
          entry.put("shape", shape);
          entry.put("dtype", tensor.type().wireName());
          manifest.put(name, entry);
        });
    return manifest;
  }

  private static Map<String, Object> typed(WorkerMessageType type) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", type.wireName());
    return frame;
  }
}
