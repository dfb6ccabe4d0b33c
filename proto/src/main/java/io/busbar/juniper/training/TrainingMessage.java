package io.busbar.juniper.training;

import io.busbar.channel.Append;
import io.busbar.juniper.JuniperJson;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message of a trainer to all its subscribers. A publisher appends it to the channel {@code
 * training}; number, timestamp and cutting are the channel's affair.
 */
public sealed interface TrainingMessage
    permits MetricsRow,
        ReplayedRow,
        TrainingState,
        CandidateProgress,
        CascadeAdd,
        Topology,
        TrainingEvent {

  /** The message's type on the wire. */
  String type();

  /** The fields under their names on the wire. */
  Map<String, Object> data();

  /** The message as a publisher gives it to the channel. */
  default String text() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put(TrainingForm.TYPE, type());
    message.put(TrainingForm.DATA, data());
    return JuniperJson.write(message);
  }

  /** What a publisher hands to {@link io.busbar.channel.Channels#append}. */
  default Append append(String channel) {
    return Append.json(channel, Buffer.buffer(text()));
  }

  /**
   * A message of the catalogue, out of a frame.
   *
   * @param type of the frame
   * @param data of the frame; what is missing or has another type gets the idle value
   * @return null = the type is not one of the catalogue
   */
  static TrainingMessage of(String type, Map<String, ?> data) {
    Fields fields = new Fields(data);
    return switch (type) {
      case MetricsRow.TYPE ->
          fields.isTrue("replay") ? ReplayedRow.of(fields) : MetricsRow.of(fields);
      case TrainingState.TYPE -> TrainingState.of(fields);
      case CandidateProgress.TYPE -> CandidateProgress.of(fields);
      case CascadeAdd.TYPE -> CascadeAdd.of(fields);
      case Topology.TYPE -> Topology.of(fields);
      case TrainingEvent.TYPE -> TrainingEvent.of(fields);
      default -> null;
    };
  }
}
