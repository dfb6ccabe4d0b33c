package io.busbar.juniper.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * State of a trainer: 29 fields on the wire, all of them always there.
 *
 * @param status {@link #STOPPED} and so on
 * @param phase Idle, Output or Candidate
 * @param phaseDetail "", training_output, training_candidates or adding_candidate
 * @param phaseStartedAt ISO-8601 of UTC with +00:00, "" = never
 * @param timestamp of the last change, Unix seconds
 */
public record TrainingState(
    String status,
    String phase,
    String phaseDetail,
    String phaseStartedAt,
    double timestamp,
    Settings settings,
    Progress progress,
    Candidates candidates)
    implements TrainingMessage {
  public static final String TYPE = "state";

  public static final String STOPPED = "Stopped";
  public static final String STARTED = "Started";
  public static final String PAUSED = "Paused";
  public static final String COMPLETED = "Completed";
  public static final String FAILED = "Failed";

  /** What a trainer says that has done nothing yet. */
  public static final TrainingState IDLE = of(new Fields(Map.of()));

  /** What the run is to do. */
  public record Settings(
      double learningRate,
      int maxHiddenUnits,
      int maxEpochs,
      int maxIterations,
      String networkName,
      String datasetName,
      String thresholdFunction,
      String optimizerName) {}

  /**
   * How far it is.
   *
   * @param currentEpoch on the wire also current_step
   */
  public record Progress(
      int currentEpoch,
      int growIteration,
      int growMax,
      int candidateEpoch,
      int candidateTotalEpochs,
      int outputEpoch,
      int outputTotalEpochs) {}

  /**
   * The candidates of this growth.
   *
   * @param bestId -1 = none
   * @param secondId null = none
   */
  public record Candidates(
      int trained,
      int total,
      double bestCorrelation,
      int bestId,
      String bestUuid,
      Integer secondId,
      double secondCorrelation,
      List<Double> allCorrelations) {
    public Candidates {
      allCorrelations = List.copyOf(allCorrelations);
    }
  }

  static TrainingState of(Fields f) {
    return new TrainingState(
        f.text("status", STOPPED),
        f.text("phase", "Idle"),
        f.text("phase_detail", ""),
        f.text("phase_started_at", ""),
        f.number("timestamp", 0),
        new Settings(
            f.number("learning_rate", 0),
            f.whole("max_hidden_units", 0),
            f.whole("max_epochs", 0),
            f.whole("max_iterations", 0),
            f.text("network_name", ""),
            f.text("dataset_name", ""),
            f.text("threshold_function", ""),
            f.text("optimizer_name", "")),
        new Progress(
            f.whole("current_epoch", 0),
            f.whole("grow_iteration", 0),
            f.whole("grow_max", 0),
            f.whole("candidate_epoch", 0),
            f.whole("candidate_total_epochs", 0),
            f.whole("output_epoch", 0),
            f.whole("output_total_epochs", 0)),
        new Candidates(
            f.whole("candidates_trained", 0),
            f.whole("candidates_total", 0),
            f.number("best_correlation", 0),
            f.whole("best_candidate_id", -1),
            f.text("best_candidate_uuid", ""),
            f.whole("second_candidate_id"),
            f.number("second_candidate_correlation", 0),
            f.numbers("all_correlations")));
  }

  /** Whether nothing follows of this run; such a state is told however soon after another. */
  public boolean isTerminal() {
    return status.equals(COMPLETED) || status.equals(FAILED) || status.equals(STOPPED);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("status", status);
    data.put("phase", phase);
    data.put("learning_rate", settings.learningRate());
    data.put("max_hidden_units", settings.maxHiddenUnits());
    data.put("max_epochs", settings.maxEpochs());
    data.put("max_iterations", settings.maxIterations());
    data.put("current_epoch", progress.currentEpoch());
    data.put("current_step", progress.currentEpoch());
    data.put("network_name", settings.networkName());
    data.put("dataset_name", settings.datasetName());
    data.put("threshold_function", settings.thresholdFunction());
    data.put("optimizer_name", settings.optimizerName());
    data.put("timestamp", timestamp);
    data.put("phase_detail", phaseDetail);
    data.put("grow_iteration", progress.growIteration());
    data.put("grow_max", progress.growMax());
    data.put("best_correlation", candidates.bestCorrelation());
    data.put("candidates_trained", candidates.trained());
    data.put("candidates_total", candidates.total());
    data.put("phase_started_at", phaseStartedAt);
    data.put("candidate_epoch", progress.candidateEpoch());
    data.put("candidate_total_epochs", progress.candidateTotalEpochs());
    data.put("output_epoch", progress.outputEpoch());
    data.put("output_total_epochs", progress.outputTotalEpochs());
    data.put("best_candidate_id", candidates.bestId());
    data.put("best_candidate_uuid", candidates.bestUuid());
    data.put("second_candidate_id", candidates.secondId());
    data.put("second_candidate_correlation", candidates.secondCorrelation());
    data.put("all_correlations", new ArrayList<>(candidates.allCorrelations()));
    return data;
  }
}
