package io.busbar.juniper.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A hidden unit was installed.
 *
 * @param timestamp ISO-8601 of local time, without a zone
 */
public record CascadeAdd(
    String timestamp, int hiddenUnitIndex, double correlation, int totalHiddenUnits)
    implements TrainingMessage {
  public static final String TYPE = "cascade_add";

  static CascadeAdd of(Fields f) {
    return new CascadeAdd(
        f.text("timestamp", ""),
        f.whole("hidden_unit_index", 0),
        f.number("correlation", 0),
        f.whole("total_hidden_units", 0));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("timestamp", timestamp);
    data.put("hidden_unit_index", hiddenUnitIndex);
    data.put("correlation", correlation);
    data.put("total_hidden_units", totalHiddenUnits);
    return data;
  }
}
