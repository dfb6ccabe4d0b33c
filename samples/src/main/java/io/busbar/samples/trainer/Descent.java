package io.busbar.samples.trainer;

/** Moves weights down a gradient, one step per epoch. Has a memory: one for each set of weights. */
interface Descent {
  String RPROP = "Rprop";
  String ADAM = "Adam";
  String SGD = "SGD";

  void step(double[] weights, double[] gradient);

  /** Null = this trainer does not have it. */
  static Descent named(String name, double rate) {
    return switch (name) {
      case RPROP -> new Rprop(rate);
      case ADAM -> new Adam(rate);
      case SGD -> (weights, gradient) -> along(weights, gradient, rate);
      default -> null;
    };
  }

  private static void along(double[] weights, double[] gradient, double rate) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] -= rate * gradient[i];
    }
  }

  /** A step of its own for each weight, by the signs of its gradient alone. */
  final class Rprop implements Descent {
    private static final double GROW = 1.2;
    private static final double SHRINK = 0.5;
    private static final double LEAST = 1e-9;
    private static final double MOST = 5;

    private final double first;
    private double[] steps;
    private double[] before;

    Rprop(double first) {
      this.first = first;
    }

    @Override
    public void step(double[] weights, double[] gradient) {
      if (steps == null) {
        steps = new double[weights.length];
        java.util.Arrays.fill(steps, first);
        before = new double[weights.length];
      }
      for (int i = 0; i < weights.length; i++) {
        double slope = gradient[i];
        double turn = before[i] * slope;
        if (turn > 0) {
          steps[i] = Math.min(MOST, steps[i] * GROW);
        } else if (turn < 0) {
          steps[i] = Math.max(LEAST, steps[i] * SHRINK);
          // It went past the valley: this time it stands still.
          slope = 0;
        }
        weights[i] -= Math.signum(slope) * steps[i];
        before[i] = slope;
      }
    }
  }

  /** Mean and spread of each gradient, both fading. */
  final class Adam implements Descent {
    private static final double MEAN = 0.9;
    private static final double SPREAD = 0.999;
    private static final double TINY = 1e-8;

    private final double rate;
    private double[] means;
    private double[] spreads;
    private int steps;

    Adam(double rate) {
      this.rate = rate;
    }

    @Override
    public void step(double[] weights, double[] gradient) {
      if (means == null) {
        means = new double[weights.length];
        spreads = new double[weights.length];
      }
      steps++;
      double meanScale = 1 - Math.pow(MEAN, steps);
      double spreadScale = 1 - Math.pow(SPREAD, steps);
      for (int i = 0; i < weights.length; i++) {
        means[i] = MEAN * means[i] + (1 - MEAN) * gradient[i];
        spreads[i] = SPREAD * spreads[i] + (1 - SPREAD) * gradient[i] * gradient[i];
        weights[i] -= rate * (means[i] / meanScale) / (Math.sqrt(spreads[i] / spreadScale) + TINY);
      }
    }
  }
}
