package io.busbar.samples.trainer;

/** What a hidden unit does with its sum; named as on the control stream. */
enum Activation {
  TANH("Tanh") {
    @Override
    double value(double sum) {
      return Math.tanh(sum);
    }

    @Override
    double slope(double sum, double value) {
      return 1 - value * value;
    }
  },
  SIGMOID("Sigmoid") {
    @Override
    double value(double sum) {
      return 1 / (1 + Math.exp(-sum));
    }

    @Override
    double slope(double sum, double value) {
      return value * (1 - value);
    }
  },
  RELU("ReLU") {
    @Override
    double value(double sum) {
      return Math.max(0, sum);
    }

    @Override
    double slope(double sum, double value) {
      return sum > 0 ? 1 : 0;
    }
  },
  IDENTITY("Identity") {
    @Override
    double value(double sum) {
      return sum;
    }

    @Override
    double slope(double sum, double value) {
      return 1;
    }
  };

  private final String wireName;

  Activation(String wireName) {
    this.wireName = wireName;
  }

  abstract double value(double sum);

  /**
   * @param value of that sum
   */
  abstract double slope(double sum, double value);

  String wireName() {
    return wireName;
  }

  /** Null = this trainer does not have it. */
  static Activation named(String name) {
    for (Activation activation : values()) {
      // The protocol has some of them in lower case as well.
      if (activation.wireName.equalsIgnoreCase(name)) {
        return activation;
      }
    }
    return null;
  }
}
