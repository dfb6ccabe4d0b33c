package io.busbar.juniper.client;

import io.busbar.juniper.BinaryFrame;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A task as its server gave it.
 *
 * @param id of the task
 * @param roundId of the round it is part of, "" = none was given
 * @param candidateIndex number of the candidate
 * @param candidateData what the candidate is; as the server sent it
 * @param trainingParams how it is trained; as the server sent it
 * @param tensors by name, in the order of the manifest
 */
public record WorkerTask(
    String id,
    String roundId,
    long candidateIndex,
    Map<String, Object> candidateData,
    Map<String, Object> trainingParams,
    Map<String, BinaryFrame> tensors) {

  /**
   * What a task came to.
   *
   * @param correlation 0 to 1
   * @param epochsCompleted of training
   * @param allCorrelations one for each column of the residual
   * @param numerator of the best correlation, with its sign
   * @param denominator of it
   * @param bestIndex which column is the best, -1 = none
   * @param tensors weights, bias and whatever else there is, in the order of sending; weights are
   *     asked for
   */
  public record Result(
      double correlation,
      int epochsCompleted,
      List<Double> allCorrelations,
      double numerator,
      double denominator,
      int bestIndex,
      Map<String, BinaryFrame> tensors) {
    public Result {
      allCorrelations = List.copyOf(allCorrelations);
      Objects.requireNonNull(tensors, "tensors");
    }

    /** One column, whose correlation is given. */
    public static Result of(
        double correlation, int epochsCompleted, Map<String, BinaryFrame> tensors) {
      return new Result(
          correlation, epochsCompleted, List.of(correlation), correlation, 1, 0, tensors);
    }
  }
}
