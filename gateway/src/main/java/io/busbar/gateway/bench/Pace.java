package io.busbar.gateway.bench;

import picocli.CommandLine.Option;

/** How long a benchmark measures, and how often: options that all of them have. */
final class Pace {
  private static final int LONGEST_SECONDS = 3600;
  private static final int MOST_ROUNDS = 1000;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Measured per target and load (${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description = "Seconds per target before (${DEFAULT-VALUE}).")
  private double warmup;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds, all targets and loads in turns (${DEFAULT-VALUE}).")
  private int rounds;

  /** The parameters are what counts unless the command line says otherwise. */
  Pace(double seconds, double warmup, int rounds) {
    this.seconds = seconds;
    this.warmup = warmup;
    this.rounds = rounds;
  }

  double seconds() {
    return seconds;
  }

  double warmup() {
    return warmup;
  }

  int rounds() {
    return rounds;
  }

  /** Refuses a command line whose values nobody can wait for. */
  void check(MeasuringCommand command) {
    command.check(
        seconds > 0 && seconds <= LONGEST_SECONDS, "--seconds", seconds, "above 0, at most 3600");
    command.check(warmup >= 0 && warmup <= LONGEST_SECONDS, "--warmup", warmup, "0 to 3600");
    command.check(rounds >= 1 && rounds <= MOST_ROUNDS, "--rounds", rounds, "1 to 1000");
  }
}
