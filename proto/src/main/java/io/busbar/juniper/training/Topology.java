package io.busbar.juniper.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network.
 *
 * @param hiddenUnits unit k has {@code inputSize + k} weights
 * @param outputWeights rows of inputs and hidden units, {@code outputSize} columns
 * @param outputBias one per output
 */
public record Topology(
    int inputSize,
    int outputSize,
    List<HiddenUnit> hiddenUnits,
    List<List<Double>> outputWeights,
    List<Double> outputBias)
    implements TrainingMessage {
  public static final String TYPE = "topology";

  public Topology {
    hiddenUnits = List.copyOf(hiddenUnits);
    outputWeights = outputWeights.stream().map(List::copyOf).toList();
    outputBias = List.copyOf(outputBias);
  }

  /** One unit of the cascade. */
  public record HiddenUnit(int id, List<Double> weights, double bias, String activation) {
    public HiddenUnit {
      weights = List.copyOf(weights);
    }
  }

  static Topology of(Fields f) {
    List<HiddenUnit> units = new ArrayList<>();
    for (Object each : f.list("hidden_units")) {
      Fields unit = Fields.of(each);
      units.add(
          new HiddenUnit(
              unit.whole("id", units.size()),
              unit.numbers("weights"),
              unit.number("bias", 0),
              unit.text("activation", "")));
    }
    List<List<Double>> weights = new ArrayList<>();
    f.list("output_weights").forEach(row -> weights.add(Fields.numbers(row)));
    return new Topology(
        f.whole("input_size", 0),
        f.whole("output_size", 0),
        units,
        weights,
        f.numbers("output_bias"));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> data() {
    List<Object> units = new ArrayList<>();
    for (HiddenUnit unit : hiddenUnits) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("id", unit.id());
      fields.put("weights", unit.weights());
      fields.put("bias", unit.bias());
      fields.put("activation", unit.activation());
      units.add(fields);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("input_size", inputSize);
    data.put("output_size", outputSize);
    data.put("hidden_units", units);
    data.put("output_weights", outputWeights);
    data.put("output_bias", outputBias);
    return data;
  }
}
