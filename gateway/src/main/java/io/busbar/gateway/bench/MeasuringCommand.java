package io.busbar.gateway.bench;

import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.cli.OutputFormat;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all benchmarks do: check options, start servers, end them, print one report. */
abstract class MeasuringCommand implements Callable<Integer> {
  private static final long CLOSE_SECONDS = 30;

  @Spec private CommandSpec spec;

  @Option(names = "-o", paramLabel = "text|json", defaultValue = "text")
  private OutputFormat format;

  /** Measures, with servers of the farm and a client of its own. */
  @FunctionalInterface
  interface Measurement {
    Report run(Farm farm, Vertx client) throws Exception;
  }

  /**
   * Measures and prints, and leaves no process behind.
   *
   * @param loops event loops of the client
   * @return the command's exit code
   */
  final int measure(Farm servers, int loops, Measurement measurement) throws Exception {
    Vertx client =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    Report report;
    try (Farm farm = servers) {
      report = measurement.run(farm, client);
    } finally {
      Target.await(client.close(), CLOSE_SECONDS);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(format == OutputFormat.json ? report.json() : report.text());
    out.flush();
    return report.failed() ? ExitCode.FAILED : ExitCode.OK;
  }

  /** Whether the command line names that option. */
  final boolean given(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** Refuses the command line, unless the value is one that is expected. */
  final void check(boolean ok, String option, Object value, String expected) {
    if (!ok) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + ": expected " + expected);
    }
  }
}
