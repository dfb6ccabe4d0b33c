package io.busbar.samples.trainer;

/** Ends a run in the middle: it was told to stop. */
final class RunStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunStoppedException() {
    super("the run was told to stop", null, false, false);
  }
}
