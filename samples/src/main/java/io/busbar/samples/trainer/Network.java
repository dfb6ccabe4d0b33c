package io.busbar.samples.trainer;

import io.busbar.juniper.training.Topology;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Inputs, a cascade of frozen units, and one linear output on all of them; with the values that
 * inputs and units have for each point of the data. For one thread.
 */
final class Network {
  private static final double RANDOM_SCALE = 0.1;

  private final DataSet data;
  private final List<HiddenUnit> units = new ArrayList<>();
  private final double[][] features;

  /** Of inputs and units, the bias last. */
  private double[] output;

  Network(DataSet data) {
    this.data = data;
    this.features = new double[data.size()][];
    for (int p = 0; p < features.length; p++) {
      features[p] = data.inputs()[p].clone();
    }
    this.output = new double[data.inputSize() + 1];
  }

  DataSet data() {
    return data;
  }

  int hiddenUnits() {
    return units.size();
  }

  /** Inputs and units. */
  int featureCount() {
    return data.inputSize() + units.size();
  }

  /** One row per point; not to be changed. */
  double[][] features() {
    return features;
  }

  /** Weights of the output, the bias last; the trainer of the output changes them. */
  double[] output() {
    return output;
  }

  void randomOutput(Random random) {
    for (int i = 0; i < output.length; i++) {
      output[i] = RANDOM_SCALE * (2 * random.nextDouble() - 1);
    }
  }

  /** Adds a unit that is never changed again; its weight to the output is 0 at first. */
  void install(HiddenUnit unit) {
    if (!unit.fits(featureCount())) {
      throw new IllegalArgumentException(
          "a unit of " + unit.weights().length + " weights, expected " + featureCount());
    }
    int at = featureCount();
    for (int p = 0; p < features.length; p++) {
      features[p] = Arrays.copyOf(features[p], at + 1);
      features[p][at] = unit.value(features[p]);
    }
    double bias = output[at];
    output = Arrays.copyOf(output, at + 2);
    output[at] = 0;
    output[at + 1] = bias;
    units.add(unit);
  }

  /** What the output is off by, per point. */
  double[] residual() {
    double[] residual = new double[features.length];
    for (int p = 0; p < residual.length; p++) {
      residual[p] = value(features[p]) - data.targets()[p];
    }
    return residual;
  }

  private double value(double[] row) {
    double value = output[row.length];
    for (int i = 0; i < row.length; i++) {
      value += output[i] * row[i];
    }
    return value;
  }

  /** Mean of the squared residuals. */
  double loss() {
    double sum = 0;
    for (double off : residual()) {
      sum += off * off;
    }
    return sum / data.size();
  }

  /** Part of the points on the right side of 0. */
  double accuracy() {
    int right = 0;
    for (int p = 0; p < features.length; p++) {
      if (value(features[p]) * data.targets()[p] > 0) {
        right++;
      }
    }
    return (double) right / data.size();
  }

  Topology topology() {
    List<Topology.HiddenUnit> hidden = new ArrayList<>();
    for (HiddenUnit unit : units) {
      hidden.add(
          new Topology.HiddenUnit(
              hidden.size(), boxed(unit.weights()), unit.bias(), unit.activation().wireName()));
    }
    List<List<Double>> rows = new ArrayList<>();
    for (int i = 0; i < featureCount(); i++) {
      rows.add(List.of(output[i]));
    }
    return new Topology(data.inputSize(), 1, hidden, rows, List.of(output[featureCount()]));
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
