package io.busbar.samples.trainer;

/** Trains the output of a network to least squares. */
final class OutputTraining {
  /** Told after each epoch, from 1; may throw to end it. */
  @FunctionalInterface
  interface Progress {
    void epoch(int epoch, boolean last);
  }

  private OutputTraining() {}

  /**
   * @param patience epochs without progress after which it ends
   * @param least progress of the loss that counts
   */
  static void train(
      Network network, Descent descent, int epochs, int patience, double least, Progress progress) {
    double best = network.loss();
    double[] kept = network.output().clone();
    int waited = 0;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      descent.step(network.output(), gradient(network));
      double loss = network.loss();
      waited = loss < best - least ? 0 : waited + 1;
      if (loss < best) {
        best = loss;
        System.arraycopy(network.output(), 0, kept, 0, kept.length);
      }
      boolean last = epoch == epochs || waited >= patience;
      if (last) {
        System.arraycopy(kept, 0, network.output(), 0, kept.length);
      }
      progress.epoch(epoch, last);
      if (last) {
        return;
      }
    }
  }

  private static double[] gradient(Network network) {
    double[] gradient = new double[network.featureCount() + 1];
    double[] residual = network.residual();
    double scale = 2.0 / residual.length;
    for (int p = 0; p < residual.length; p++) {
      double[] row = network.features()[p];
      for (int i = 0; i < row.length; i++) {
        gradient[i] += scale * residual[p] * row[i];
      }
      gradient[row.length] += scale * residual[p];
    }
    return gradient;
  }
}
