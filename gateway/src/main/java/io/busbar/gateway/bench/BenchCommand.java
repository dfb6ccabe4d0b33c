package io.busbar.gateway.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code busbar bench}. */
@Command(
    name = "bench",
    description = "Load tests with a table: ours, and what it is compared with, in one run.",
    synopsisSubcommandLabel = "WHAT",
    subcommands = {
      BenchCallCommand.class,
      BenchRunnerCommand.class,
      BenchFanoutCommand.class,
      BenchOwnerCommand.class
    },
    footer = {"", "Example:", "  busbar bench call --seconds 15"})
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "expected what to measure: call, runner, fanout or owner");
  }
}
