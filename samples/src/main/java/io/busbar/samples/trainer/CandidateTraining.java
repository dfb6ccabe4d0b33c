package io.busbar.samples.trainer;

import java.util.Arrays;
import java.util.Random;

/** Trains one candidate in this process: its weights go up the correlation with the residual. */
final class CandidateTraining {
  /**
   * How it is done.
   *
   * @param patience epochs without progress after which it ends
   * @param least progress of the correlation that counts
   */
  record Plan(
      Activation activation,
      String optimizer,
      double rate,
      int epochs,
      int patience,
      double least) {}

  /** Told after each epoch, from 1; may throw to end it. */
  @FunctionalInterface
  interface Progress {
    void epoch(int epoch, double correlation, boolean last);
  }

  private final double[][] features;
  private final double[] error;
  private final double errorSize;
  private final Plan plan;

  /**
   * @param features one row per point
   * @param residual per point
   */
  CandidateTraining(double[][] features, double[] residual, Plan plan) {
    this.features = features;
    this.error = centred(residual);
    this.errorSize = size(error);
    this.plan = plan;
  }

  /** The same for the same seed. */
  Candidate.Trained train(Candidate candidate, Progress progress) {
    int inputs = features[0].length;
    Random random = new Random(candidate.seed());
    double[] weights = new double[inputs + 1];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 2 * random.nextDouble() - 1;
    }
    Descent descent = Descent.named(plan.optimizer(), plan.rate());
    double[] gradient = new double[weights.length];
    double[] kept = weights.clone();
    double best = -1;
    int waited = 0;
    for (int epoch = 1; ; epoch++) {
      double correlation = look(weights, gradient);
      waited = correlation > best + plan.least() ? 0 : waited + 1;
      if (correlation > best) {
        best = correlation;
        System.arraycopy(weights, 0, kept, 0, kept.length);
      }
      boolean last = epoch >= plan.epochs() || waited >= plan.patience();
      progress.epoch(epoch, best, last);
      if (last) {
        break;
      }
      descent.step(weights, gradient);
    }
    HiddenUnit unit = new HiddenUnit(Arrays.copyOf(kept, inputs), kept[inputs], plan.activation());
    return new Candidate.Trained(candidate, unit, best);
  }

  /** How well a unit goes with the residual, 0 to 1. */
  double correlation(HiddenUnit unit) {
    double[] values = new double[features.length];
    for (int p = 0; p < values.length; p++) {
      values[p] = unit.value(features[p]);
    }
    double[] shifted = centred(values);
    double size = size(shifted) * errorSize;
    double covariance = 0;
    for (int p = 0; p < values.length; p++) {
      covariance += shifted[p] * error[p];
    }
    return size < 1e-12 ? 0 : Math.min(1, Math.abs(covariance) / size);
  }

  /** The correlation's absolute value; its gradient, turned down, into the array. */
  private double look(double[] weights, double[] gradient) {
    int points = features.length;
    int inputs = weights.length - 1;
    double[] sums = new double[points];
    double[] values = new double[points];
    for (int p = 0; p < points; p++) {
      double sum = weights[inputs];
      for (int i = 0; i < inputs; i++) {
        sum += weights[i] * features[p][i];
      }
      sums[p] = sum;
      values[p] = plan.activation().value(sum);
    }
    double[] shifted = centred(values);
    double valueSize = size(shifted);
    Arrays.fill(gradient, 0);
    if (valueSize < 1e-12 || errorSize < 1e-12) {
      return 0;
    }
    double covariance = 0;
    for (int p = 0; p < points; p++) {
      covariance += shifted[p] * error[p];
    }
    double correlation = covariance / (valueSize * errorSize);
    double sign = correlation < 0 ? 1 : -1;
    for (int p = 0; p < points; p++) {
      double pull = error[p] / errorSize - correlation * shifted[p] / valueSize;
      double slope = sign * pull / valueSize * plan.activation().slope(sums[p], values[p]);
      for (int i = 0; i < inputs; i++) {
        gradient[i] += slope * features[p][i];
      }
      gradient[inputs] += slope;
    }
    return Math.min(1, Math.abs(correlation));
  }

  private static double[] centred(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    return Arrays.stream(values).map(value -> value - mean).toArray();
  }

  private static double size(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }
}
