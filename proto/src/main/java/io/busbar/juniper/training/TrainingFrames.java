package io.busbar.juniper.training;

import io.busbar.channel.ChannelFrame;
import io.busbar.juniper.JuniperJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The texts that the training endpoint sends. Pure functions; times are Unix seconds. */
public final class TrainingFrames {
  public static final String CHUNKED = "chunked_message";

  private TrainingFrames() {}

  /**
   * A frame of the channel as it is on the wire: with its offset as {@code seq}, and a part of a
   * long message as a chunk. The same text each time and on each node.
   */
  public static String broadcast(ChannelFrame frame) {
    String data = frame.record().getData().toString(StandardCharsets.UTF_8);
    if (!frame.isPart()) {
      // The form has written an object that is not empty.
      return data.substring(0, data.length() - 1) + ",\"seq\":" + frame.offset() + "}";
    }
    Map<?, ?> note = JuniperJson.read(frame.note()) instanceof Map<?, ?> map ? map : Map.of();
    Map<String, Object> chunk =
        chunk(
            note.get(TrainingForm.TIMESTAMP),
            note.get(TrainingForm.CHUNK_ID),
            frame.part(),
            frame.parts(),
            note.get(TrainingForm.TYPE),
            data);
    chunk.put(TrainingForm.SEQ, frame.offset());
    chunk.put(TrainingForm.EMITTED, note.get(TrainingForm.EMITTED));
    return JuniperJson.write(chunk);
  }

  private static Map<String, Object> chunk(
      Object timestamp, Object id, int index, int total, Object type, String payload) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put(TrainingForm.CHUNK_ID, id);
    data.put("chunk_index", index);
    data.put("total_chunks", total);
    data.put("original_type", type);
    data.put("payload", payload);
    return envelope(CHUNKED, timestamp, data);
  }

  private static Map<String, Object> envelope(
      String type, Object timestamp, Map<String, Object> data) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TrainingForm.TYPE, type);
    frame.put(TrainingForm.TIMESTAMP, timestamp);
    frame.put(TrainingForm.DATA, data);
    return frame;
  }

  /**
   * A message for one client, cut if its text is too long.
   *
   * @param maxText as in {@link TrainingForm}
   * @param chunk as in {@link TrainingForm}
   */
  public static List<String> personal(
      String type, double timestamp, String text, int maxText, int chunk) {
    if (maxText == 0 || text.length() <= maxText) {
      return List.of(text);
    }
    List<String> slices = TrainingForm.cut(text, chunk);
    List<String> texts = new ArrayList<>(slices.size());
    String id = UUID.randomUUID().toString();
    for (String slice : slices) {
      texts.add(JuniperJson.write(chunk(timestamp, id, texts.size(), slices.size(), type, slice)));
    }
    return texts;
  }

  /**
   * The first frame of every connection.
   *
   * @param connections of this node, this one included
   * @param instance of the channel's epoch, the same on every node
   * @param startTime means nothing but the epoch
   * @param replay frames that can be replayed
   */
  public static String connectionEstablished(
      double timestamp, int connections, String instance, double startTime, int replay) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("connections", connections);
    data.put("server_instance_id", instance);
    data.put("server_start_time", startTime);
    data.put("replay_buffer_capacity", replay);
    return JuniperJson.write(envelope("connection_established", timestamp, data));
  }

  public static String resumeOk(double timestamp, long replayed) {
    return JuniperJson.write(envelope("resume_ok", timestamp, Map.of("replayed_count", replayed)));
  }

  /**
   * @param reason malformed_resume, server_restarted or out_of_range
   */
  public static String resumeFailed(double timestamp, String reason) {
    return JuniperJson.write(envelope("resume_failed", timestamp, Map.of("reason", reason)));
  }

  public static String ping(double timestamp) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TrainingForm.TYPE, "ping");
    frame.put("ts", timestamp);
    return JuniperJson.write(frame);
  }

  /** A message without a number, for one client. */
  public static String message(String type, double timestamp, Map<String, Object> data) {
    return JuniperJson.write(envelope(type, timestamp, data));
  }

  public static String initialStatus(Map<String, Object> data) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put(TrainingForm.TYPE, "initial_status");
    frame.put(TrainingForm.DATA, data);
    return JuniperJson.write(frame);
  }
}
