package io.busbar.samples.trainer;

/**
 * Points of two classes.
 *
 * @param inputs one row per point
 * @param targets -1 or 1
 */
record DataSet(String name, double[][] inputs, double[] targets) {
  static final String XOR = "xor";
  static final String SPIRALS = "spirals";

  private static final double TURNS = 1.5;
  private static final double INNER = 0.1;

  static DataSet xor() {
    double[][] inputs = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
    return new DataSet(XOR, inputs, new double[] {-1, 1, 1, -1});
  }

  /** Two arms wound into each other, within the unit circle. */
  static DataSet spirals(int pointsPerArm) {
    double[][] inputs = new double[2 * pointsPerArm][];
    double[] targets = new double[2 * pointsPerArm];
    for (int i = 0; i < pointsPerArm; i++) {
      double way = pointsPerArm == 1 ? 1 : (double) i / (pointsPerArm - 1);
      double radius = INNER + (1 - INNER) * way;
      double angle = TURNS * 2 * Math.PI * way;
      double x = radius * Math.cos(angle);
      double y = radius * Math.sin(angle);
      inputs[2 * i] = new double[] {x, y};
      targets[2 * i] = 1;
      inputs[2 * i + 1] = new double[] {-x, -y};
      targets[2 * i + 1] = -1;
    }
    return new DataSet(SPIRALS, inputs, targets);
  }

  int size() {
    return targets.length;
  }

  int inputSize() {
    return inputs[0].length;
  }
}
