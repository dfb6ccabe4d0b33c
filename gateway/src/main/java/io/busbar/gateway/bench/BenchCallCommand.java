package io.busbar.gateway.bench;

import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.cli.OutputFormat;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code busbar bench call}. */
@Command(
    name = "call",
    description = {
      "Engage calls to a plain server without the bus, to one node, and across two nodes,",
      "each a process of its own that this command starts and ends."
    },
    footer = {
      "",
      "Examples:",
      "  busbar bench call --seconds 15 --in-flight 64",
      "  busbar bench call --only direct,one-node -o json"
    })
final class BenchCallCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB)?");
  private static final int LARGEST = 64 << 20;
  private static final long CLOSE_SECONDS = 30;

  @Spec private CommandSpec spec;

  @Option(names = "--seconds", description = "Measured per target (${DEFAULT-VALUE}).")
  private double seconds = 15;

  @Option(names = "--warmup", description = "Seconds per target before (${DEFAULT-VALUE}).")
  private double warmup = 9;

  @Option(names = "--rounds", description = "Rounds, targets in turns (${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(names = "--in-flight", description = "Calls open at once (${DEFAULT-VALUE}).")
  private int inFlight = 64;

  @Option(names = "--connections", description = "HTTP/2 connections (${DEFAULT-VALUE}).")
  private int connections = 4;

  @Option(names = "--size", paramLabel = "BYTES", description = "Body, such as 1KiB.")
  private String size = "1KiB";

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Some of direct, one-node, one-node-threads, two-nodes.")
  private List<String> only = CallScenario.NAMES;

  @Option(names = "-o", paramLabel = "text|json", defaultValue = "text")
  private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    Set<String> names = new LinkedHashSet<>(only);
    check(CallScenario.NAMES.containsAll(names), "--only", only, "of " + CallScenario.NAMES);
    check(seconds > 0 && seconds <= 3600, "--seconds", seconds, "above 0, at most 3600");
    check(warmup >= 0 && warmup <= 3600, "--warmup", warmup, "0 to 3600");
    check(rounds >= 1 && rounds <= 1000, "--rounds", rounds, "1 to 1000");
    check(inFlight >= 1 && inFlight <= 10_000, "--in-flight", inFlight, "1 to 10000");
    check(connections >= 1 && connections <= 256, "--connections", connections, "1 to 256");
    Target.Load shape = new Target.Load(bytes(), inFlight, connections);
    CallScenario.CallLoad load = new CallScenario.CallLoad(shape, seconds, warmup, rounds);
    int loops = Math.min(connections, Runtime.getRuntime().availableProcessors());
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    Report report;
    try (Farm farm = new Farm()) {
      report = new CallScenario(farm, vertx, load).run(names);
    } finally {
      Target.await(vertx.close(), CLOSE_SECONDS);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(format == OutputFormat.json ? report.json() : report.text());
    out.flush();
    return report.failed() ? ExitCode.FAILED : ExitCode.OK;
  }

  private int bytes() {
    Matcher found = SIZE.matcher(size);
    check(found.matches(), "--size", size, "bytes, such as 1KiB or 64KiB");
    long unit =
        switch (String.valueOf(found.group(2))) {
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          default -> 1;
        };
    long value = Long.parseLong(found.group(1)) * unit;
    check(value <= LARGEST, "--size", size, "at most 64MiB");
    return (int) value;
  }

  private void check(boolean ok, String option, Object value, String expected) {
    if (!ok) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + ": expected " + expected);
    }
  }
}
