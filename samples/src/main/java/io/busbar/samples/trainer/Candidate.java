package io.busbar.samples.trainer;

/**
 * A unit that may be installed.
 *
 * @param id its place in the pool, from 0
 * @param seed of its first weights
 */
record Candidate(int id, String uuid, long seed) {

  /**
   * A candidate after its training.
   *
   * @param correlation with the residual, 0 to 1
   */
  record Trained(Candidate candidate, HiddenUnit unit, double correlation) {}
}
