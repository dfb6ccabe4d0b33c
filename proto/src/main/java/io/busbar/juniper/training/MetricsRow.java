package io.busbar.juniper.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One recorded row of a run.
 *
 * @param epoch completed training steps; of kind {@link #OUTPUT_EPOCH} the inner epoch
 * @param timestamp ISO-8601 of local time, without a zone
 * @param loss null = not known, as with the other numbers that may be null
 * @param phase output, candidate or idle
 * @param kind {@link #TRAINING_STEP} or {@link #OUTPUT_EPOCH}
 * @param scores on held-out data, null = the run has none
 */
public record MetricsRow(
    int epoch,
    String timestamp,
    Double loss,
    Double accuracy,
    double learningRate,
    int hiddenUnits,
    String phase,
    Double validationLoss,
    Double validationAccuracy,
    String kind,
    Scores scores)
    implements TrainingMessage {
  public static final String TYPE = "metrics";
  public static final String TRAINING_STEP = "training_step";
  public static final String OUTPUT_EPOCH = "output_epoch";

  /** Scores on held-out data. */
  public record Scores(double f1, double precision, double recall, double rocAuc) {}

  static MetricsRow of(Fields f) {
    Scores scores =
        f.number("f1") == null
            ? null
            : new Scores(
                f.number("f1", 0),
                f.number("precision", 0),
                f.number("recall", 0),
                f.number("roc_auc", 0));
    return new MetricsRow(
        f.whole("epoch", 0),
        f.text("timestamp", ""),
        f.number("loss"),
        f.number("accuracy"),
        f.number("learning_rate", 0),
        f.whole("hidden_units", 0),
        f.text("phase", "idle"),
        f.number("validation_loss"),
        f.number("validation_accuracy"),
        f.text("kind", TRAINING_STEP),
        scores);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("epoch", epoch);
    data.put("timestamp", timestamp);
    data.put("loss", loss);
    data.put("accuracy", accuracy);
    data.put("learning_rate", learningRate);
    data.put("hidden_units", hiddenUnits);
    data.put("phase", phase);
    data.put("validation_loss", validationLoss);
    data.put("validation_accuracy", validationAccuracy);
    data.put("kind", kind);
    data.put("f1", scores == null ? null : scores.f1());
    data.put("precision", scores == null ? null : scores.precision());
    data.put("recall", scores == null ? null : scores.recall());
    data.put("roc_auc", scores == null ? null : scores.rocAuc());
    return data;
  }
}
