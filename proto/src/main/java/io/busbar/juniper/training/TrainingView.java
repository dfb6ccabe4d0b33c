package io.busbar.juniper.training;

import io.busbar.channel.ChannelFrame;
import io.busbar.juniper.JuniperJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a subscriber that comes late is told first, out of the frames that went before: the last
 * state, the last rows, what is known of the network. Frames are kept as they are and read when
 * somebody asks. For one thread.
 */
public final class TrainingView {
  /** Rows that are kept. */
  public static final int MOST_ROWS = 100;

  private static final String METRICS = prefix(MetricsRow.TYPE);
  private static final String STATE = prefix(TrainingState.TYPE);
  private static final String TOPOLOGY = prefix(Topology.TYPE);
  private static final int LONGEST_PREFIX = TOPOLOGY.length();

  private final ArrayDeque<ChannelFrame> rows = new ArrayDeque<>();
  private ChannelFrame state;
  private long totalRows;
  private boolean network;

  private static String prefix(String type) {
    return "{\"" + TrainingForm.TYPE + "\":\"" + type + "\"";
  }

  /** The form puts the type first. */
  private static boolean is(String head, String prefix) {
    return head.startsWith(prefix);
  }

  /** Takes the next frame of the channel. */
  public void add(ChannelFrame frame) {
    if (frame.isPart()) {
      network |= frame.note().startsWith(TOPOLOGY);
      return;
    }
    var data = frame.record().getData();
    String head =
        data.substring(0, Math.min(LONGEST_PREFIX, data.size())).toString(StandardCharsets.UTF_8);
    if (is(head, METRICS)) {
      totalRows++;
      rows.add(frame);
      if (rows.size() > MOST_ROWS) {
        rows.poll();
      }
      network = true;
    } else if (is(head, STATE)) {
      state = frame;
    } else if (is(head, TOPOLOGY)) {
      network = true;
    }
  }

  /** Forgets everything: another epoch began. */
  public void clear() {
    rows.clear();
    state = null;
    totalRows = 0;
    network = false;
  }

  private static Map<String, Object> data(ChannelFrame frame) {
    Object read = JuniperJson.read(frame.record().getData().toString(StandardCharsets.UTF_8));
    return Fields.of(read).inner(TrainingForm.DATA).all();
  }

  /** The last state, the idle one if there is none. */
  public TrainingState state() {
    return state == null ? TrainingState.IDLE : TrainingState.of(new Fields(data(state)));
  }

  /**
   * The last rows, oldest first, as they were published.
   *
   * @param most of them
   */
  public List<Map<String, Object>> rows(int most) {
    List<Map<String, Object>> last = new ArrayList<>();
    int skip = rows.size() - most;
    for (ChannelFrame row : rows) {
      if (skip-- <= 0) {
        last.add(data(row));
      }
    }
    return last;
  }

  /** Data of initial_metrics. */
  public Map<String, Object> initialMetrics(int most, long currentSeq) {
    List<Map<String, Object>> last = rows(most);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("metrics", last);
    data.put("count", last.size());
    data.put("current_seq", currentSeq);
    return data;
  }

  /** Data of initial_status. */
  public Map<String, Object> initialStatus() {
    TrainingState now = state();
    boolean active =
        now.status().equals(TrainingState.STARTED) || now.status().equals(TrainingState.PAUSED);
    boolean loaded = network || !now.settings().networkName().isEmpty();
    int hiddenUnits = 0;
    if (!rows.isEmpty()) {
      hiddenUnits = new Fields(data(rows.getLast())).whole("hidden_units", 0);
    }
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("status", now.status().toUpperCase(Locale.ROOT));
    machine.put("phase", now.phase().toUpperCase(Locale.ROOT));
    machine.put("paused_phase", null);
    machine.put("has_candidate_state", false);
    Map<String, Object> monitor = new LinkedHashMap<>();
    monitor.put("is_training", active);
    monitor.put("current_epoch", now.progress().currentEpoch());
    monitor.put("current_hidden_units", hiddenUnits);
    boolean idle = now.phase().equals(TrainingState.IDLE.phase());
    monitor.put("current_phase", idle ? "output" : now.phase().toLowerCase(Locale.ROOT));
    monitor.put("total_metrics", totalRows);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("state_machine", machine);
    data.put("monitor", monitor);
    data.put("training_state", now.data());
    data.put("network_loaded", loaded);
    data.put("training_active", active);
    data.put("pending_dataset", null);
    data.put("completion_reason", null);
    data.put("metrics_clear_undo_available", false);
    data.put("dataset_shortfall", null);
    data.put("auto_start_failure", null);
    data.put("current_dataset", now.settings().datasetName().isEmpty() ? null : dataset(now));
    return data;
  }

  private static String dataset(TrainingState state) {
    return state.settings().datasetName();
  }
}
