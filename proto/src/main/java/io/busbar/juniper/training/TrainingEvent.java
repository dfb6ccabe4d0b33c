package io.busbar.juniper.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something happened.
 *
 * @param event {@link #TRAINING_COMPLETE}, {@link #DATASET_SWAP} or another name
 * @param details further fields
 */
public record TrainingEvent(String event, Map<String, Object> details) implements TrainingMessage {
  public static final String TYPE = "event";

  /** Ends every run, also a stopped or failed one. */
  public static final String TRAINING_COMPLETE = "training_complete";

  public static final String DATASET_SWAP = "dataset_swap";

  private static final String NAME = "event";

  public TrainingEvent {
    details = new LinkedHashMap<>(details);
  }

  public static TrainingEvent trainingComplete() {
    return new TrainingEvent(TRAINING_COMPLETE, Map.of());
  }

  /**
   * @param swap what was put in the place of what
   */
  public static TrainingEvent datasetSwap(Map<String, Object> swap) {
    return new TrainingEvent(DATASET_SWAP, Map.of("swap", swap));
  }

  static TrainingEvent of(Fields f) {
    Map<String, Object> details = f.all();
    details.remove(NAME);
    return new TrainingEvent(f.text(NAME, ""), details);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put(NAME, event);
    data.putAll(details);
    return data;
  }
}
