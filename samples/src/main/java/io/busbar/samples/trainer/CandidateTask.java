package io.busbar.samples.trainer;

import io.busbar.failure.Failure;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.ElementType;
import io.busbar.juniper.Elements;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all candidates of one growth share, as the task of a worker: its JSON form, and the reading
 * of the answer. Immutable.
 */
final class CandidateTask {
  private static final String FLOAT32 = "float32";
  private static final int DISPLAY = 50;
  private static final long SEED_LIMIT = 1L << 32;

  private final CandidateTraining.Plan plan;
  private final int inputs;
  private final Map<String, Object> tensors = new LinkedHashMap<>();

  /**
   * @param features one row per point
   * @param residual per point
   */
  CandidateTask(
      double[][] features, double[] targets, double[] residual, CandidateTraining.Plan plan) {
    this.plan = plan;
    this.inputs = features[0].length;
    tensors.put("candidate_input", tensor(features));
    tensors.put("y", tensor(column(targets)));
    tensors.put("residual_error", tensor(column(residual)));
  }

  private static double[][] column(double[] values) {
    double[][] rows = new double[values.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[] {values[i]};
    }
    return rows;
  }

  private static Map<String, Object> tensor(double[][] rows) {
    int columns = rows[0].length;
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * rows.length * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (double[] row : rows) {
      for (double value : row) {
        bytes.putFloat((float) value);
      }
    }
    Map<String, Object> tensor = new LinkedHashMap<>();
    tensor.put("dtype", FLOAT32);
    tensor.put("shape", List.of((long) rows.length, (long) columns));
    tensor.put("data", Base64.getEncoder().encodeToString(bytes.array()));
    return tensor;
  }

  /** The body of the call for one candidate. */
  String body(Candidate candidate) {
    Map<String, Object> unit = new LinkedHashMap<>();
    unit.put("input_size", (long) inputs);
    unit.put("activation_name", plan.activation().wireName());
    unit.put("random_value_scale", 1.0);
    unit.put("candidate_uuid", candidate.uuid());
    unit.put("candidate_seed", Math.floorMod(candidate.seed(), SEED_LIMIT));
    unit.put("random_max_value", SEED_LIMIT);
    unit.put("sequence_max_value", 100L);
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("epochs", (long) plan.epochs());
    how.put("learning_rate", plan.rate());
    how.put("display_frequency", (long) DISPLAY);
    Map<String, Object> task = new LinkedHashMap<>();
    task.put("candidate_index", (long) candidate.id());
    task.put("candidate_data", unit);
    task.put("training_params", how);
    task.put("tensors", tensors);
    return JuniperJson.write(task);
  }

  /**
   * The unit that a worker trained.
   *
   * @throws IllegalArgumentException saying what is wrong with the answer
   */
  HiddenUnit unit(String answer) {
    Map<?, ?> fields;
    try {
      fields = JuniperJson.read(answer) instanceof Map<?, ?> map ? map : Map.of();
    } catch (JsonException e) {
      throw new IllegalArgumentException("the answer is no JSON", e);
    }
    if (!Boolean.TRUE.equals(fields.get("success"))) {
      String why = String.valueOf(fields.get("error_message"));
      throw new IllegalArgumentException("no success: " + Failure.shorten(why, 200));
    }
    double[] weights = values(fields, "weights");
    double[] bias = values(fields, "bias");
    HiddenUnit unit = new HiddenUnit(weights, bias.length == 1 ? bias[0] : 0, plan.activation());
    if (bias.length != 1 || !unit.fits(inputs)) {
      throw new IllegalArgumentException(
          weights.length
              + " weights and "
              + bias.length
              + " biases, expected "
              + inputs
              + " and 1");
    }
    return unit;
  }

  private static double[] values(Map<?, ?> answer, String name) {
    if (!(answer.get("tensors") instanceof Map<?, ?> all)
        || !(all.get(name) instanceof Map<?, ?> tensor)
        || !(tensor.get("dtype") instanceof String dtype)
        || !(tensor.get("data") instanceof String data)
        || !(tensor.get("shape") instanceof List<?> shape)) {
      throw new IllegalArgumentException("tensors." + name + ": missing");
    }
    ElementType type = ElementType.parse(dtype);
    if (type == null || type.type().isComplex()) {
      throw new IllegalArgumentException("tensors." + name + ".dtype: expected " + FLOAT32);
    }
    List<Number> extents = new ArrayList<>();
    for (Object extent : shape) {
      extents.add(extent instanceof Number number ? number : -1);
    }
    try {
      BinaryFrame frame =
          BinaryFrame.of(type, extents, ByteBuffer.wrap(Base64.getDecoder().decode(data)));
      double[] values = new double[frame.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = Elements.at(frame, i);
      }
      return values;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("tensors." + name + ": " + e.getMessage(), e);
    }
  }
}
