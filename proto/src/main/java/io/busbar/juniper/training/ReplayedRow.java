package io.busbar.juniper.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row of a stored snapshot that is shown again; it has the type of a {@link MetricsRow}.
 *
 * @param loss null = not known, as with the other numbers
 */
public record ReplayedRow(
    int epoch,
    Double loss,
    Double accuracy,
    Double validationLoss,
    Double validationAccuracy,
    String snapshotId)
    implements TrainingMessage {

  static ReplayedRow of(Fields f) {
    return new ReplayedRow(
        f.whole("epoch", 0),
        f.number("loss"),
        f.number("accuracy"),
        f.number("validation_loss"),
        f.number("validation_accuracy"),
        f.text("snapshot_id", ""));
  }

  @Override
  public String type() {
    return MetricsRow.TYPE;
  }

  @Override
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("epoch", epoch);
    data.put("loss", loss);
    data.put("accuracy", accuracy);
    data.put("validation_loss", validationLoss);
    data.put("validation_accuracy", validationAccuracy);
    data.put("phase", "Replay");
    data.put("replay", true);
    data.put("snapshot_id", snapshotId);
    return data;
  }
}
