package io.busbar.websocket.training;

import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.training.TrainingView;
import java.util.Map;

/** What an active client may ask for: rows of metrics. */
final class MetricsRequest {
  private static final String TYPE = "subscribe_metrics";

  /** Longer texts are no request, and are not looked at. */
  private static final int MOST_CHARACTERS = 4096;

  private MetricsRequest() {}

  /**
   * How many rows a text asks for, 0 = for none.
   *
   * @param configured rows of a new client, 0 = it gets none unless it asks
   */
  static int rows(String text, int configured) {
    if (text.length() > MOST_CHARACTERS || !text.contains(TYPE)) {
      return 0;
    }
    Object read;
    try {
      read = JuniperJson.read(text);
    } catch (JsonException e) {
      // A sign of life like any other text.
      return 0;
    }
    if (!(read instanceof Map<?, ?> frame) || !TYPE.equals(frame.get("type"))) {
      return 0;
    }
    int most = configured > 0 ? configured : TrainingView.MOST_ROWS;
    Object wanted = frame.get("data") instanceof Map<?, ?> data ? data.get("max_count") : null;
    boolean number = wanted instanceof Number n && !Double.isNaN(n.doubleValue());
    return number ? (int) Math.max(1, Math.min(most, ((Number) wanted).doubleValue())) : most;
  }
}
