package io.busbar.juniper.training;

import com.google.protobuf.ByteString;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelSummary;
import io.busbar.juniper.JsonException;
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
 * state, the last rows, what is known of the network. It is also the snapshot of a training
 * channel, a JSON object on each line: {@code total_metrics} and {@code network_loaded}, then the
 * last state message, if there is one, then the last rows, oldest first. Messages are kept as they
 * are and read when somebody asks. For one thread.
 */
public final class TrainingView implements ChannelSummary {
  /** Rows that are kept. */
  public static final int MOST_ROWS = 100;

  /** Bytes of rows that are kept; the newest one always is. */
  private static final int MOST_BYTES = 512 << 10;

  private static final String TOTAL_FIELD = "total_metrics";
  private static final String NETWORK_FIELD = "network_loaded";
  private static final ByteString NEW_LINE = ByteString.copyFromUtf8("\n");

  private static final String METRICS = prefix(MetricsRow.TYPE);
  private static final String STATE = prefix(TrainingState.TYPE);
  private static final String TOPOLOGY = prefix(Topology.TYPE);
  private static final int LONGEST_PREFIX = TOPOLOGY.length();

  private final ArrayDeque<ByteString> rows = new ArrayDeque<>();
  private int rowBytes;
  private ByteString state;
  private long totalRows;
  private boolean network;

  private static String prefix(String type) {
    return "{\"" + TrainingForm.TYPE + "\":\"" + type + "\"";
  }

  /** The form puts the type first. */
  private static boolean is(String head, String prefix) {
    return head.startsWith(prefix);
  }

  @Override
  public void add(ChannelFrame frame) {
    if (frame.isPart()) {
      network |= frame.note().startsWith(TOPOLOGY);
      return;
    }
    ByteString data = frame.record().getData();
    if (keep(data)) {
      totalRows++;
      network = true;
    } else {
      network |= is(head(data), TOPOLOGY);
    }
  }

  private static String head(ByteString data) {
    return data.substring(0, Math.min(LONGEST_PREFIX, data.size()))
        .toString(StandardCharsets.UTF_8);
  }

  /** Keeps a message that is one of those; whether it is a row. */
  private boolean keep(ByteString message) {
    String head = head(message);
    if (is(head, STATE)) {
      state = message;
    }
    if (!is(head, METRICS)) {
      return false;
    }
    row(message);
    return true;
  }

  private void row(ByteString row) {
    rows.add(row);
    rowBytes += row.size();
    while (rows.size() > MOST_ROWS || (rowBytes > MOST_BYTES && rows.size() > 1)) {
      rowBytes -= rows.poll().size();
    }
  }

  /** Forgets everything. */
  public void clear() {
    rows.clear();
    rowBytes = 0;
    state = null;
    totalRows = 0;
    network = false;
  }

  // ---- as a snapshot ----

  @Override
  public String contentType() {
    return "application/x-ndjson";
  }

  @Override
  public ByteString write() {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put(TOTAL_FIELD, totalRows);
    head.put(NETWORK_FIELD, network);
    ByteString all = ByteString.copyFromUtf8(JuniperJson.write(head));
    all = state == null ? all : all.concat(NEW_LINE).concat(state);
    for (ByteString row : rows) {
      all = all.concat(NEW_LINE).concat(row);
    }
    return all;
  }

  /** What is not of this form is left out. */
  @Override
  public void read(ByteString written) {
    clear();
    int end;
    for (int from = 0; from < written.size(); from = end + 1) {
      end = lineEnd(written, from);
      ByteString line = written.substring(from, end);
      if (from == 0) {
        head(fields(line));
      } else {
        keep(line);
      }
    }
  }

  private static Fields fields(ByteString line) {
    try {
      return Fields.of(JuniperJson.read(line.toStringUtf8()));
    } catch (JsonException e) {
      return Fields.of(null);
    }
  }

  private void head(Fields fields) {
    totalRows = fields.all().get(TOTAL_FIELD) instanceof Number total ? total.longValue() : 0;
    network = fields.isTrue(NETWORK_FIELD);
  }

  private static int lineEnd(ByteString text, int from) {
    int at = from;
    while (at < text.size() && text.byteAt(at) != '\n') {
      at++;
    }
    return at;
  }

  // ---- as messages ----

  private static Map<String, Object> data(ByteString message) {
    Object read = JuniperJson.read(message.toString(StandardCharsets.UTF_8));
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
    for (ByteString row : rows) {
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
