package io.busbar.samples.trainer;

/**
 * A unit of the cascade, frozen when it was installed.
 *
 * @param weights one per input and per unit before it
 */
record HiddenUnit(double[] weights, double bias, Activation activation) {

  double value(double[] features) {
    double sum = bias;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * features[i];
    }
    return activation.value(sum);
  }

  /** Whether it can be a unit behind so many features. */
  boolean fits(int features) {
    if (weights.length != features || !Double.isFinite(bias)) {
      return false;
    }
    for (double weight : weights) {
      if (!Double.isFinite(weight)) {
        return false;
      }
    }
    return true;
  }
}
