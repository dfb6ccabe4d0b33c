package io.busbar.gateway.bench;

import io.busbar.gateway.bench.FanoutScenario.FanoutLoad;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code busbar bench fanout}. */
@Command(
    name = "fanout",
    description = {
      "Frames of one channel to many WebSockets: the training stream of one node, beside nginx",
      "with the module nchan and the reference server, where they are installed. Each is a process"
          + " of its own that this",
      "command starts and ends."
    },
    footer = {
      "",
      "Examples:",
      "  busbar bench fanout",
      "  busbar bench fanout --sockets 200 --rate 4000 --only one-node -o json"
    })
final class BenchFanoutCommand extends MeasuringCommand {
  @Option(names = "--sockets", description = "WebSockets (${DEFAULT-VALUE}).", paramLabel = "N")
  private int sockets = 1000;

  @Option(
      names = "--rate",
      description = "Deliveries per second, of all sockets (${DEFAULT-VALUE}).",
      paramLabel = "N")
  private int rate = 20_000;

  @Option(
      names = "--size",
      description = "Bytes of a frame as it is published (${DEFAULT-VALUE}).",
      paramLabel = "BYTES")
  private int size = 200;

  @Option(
      names = "--burst",
      description = "Frames at once in the second load (${DEFAULT-VALUE}).",
      paramLabel = "N")
  private int burst = 10;

  /** Each server warms up again until its compilers rest. */
  @Mixin private Pace pace = new Pace(15, 5, 3);

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Some of one-node, nchan, reference.")
  private List<String> only = FanoutScenario.NAMES;

  @Option(
      names = "--nchan-module",
      paramLabel = "FILE",
      description = "nginx's module nchan, if it is not where packages put it.")
  private Path module;

  @Option(
      names = "--reference-python",
      paramLabel = "FILE",
      description = {
        "Python of an environment with juniper-cascor[api], the reference server; it takes part",
        "when this names one."
      })
  private Path reference;

  @Override
  public Integer call() throws Exception {
    Set<String> names = new LinkedHashSet<>(only);
    check(FanoutScenario.NAMES.containsAll(names), "--only", only, "of " + FanoutScenario.NAMES);
    check(sockets >= 2 && sockets <= 20_000, "--sockets", sockets, "2 to 20000");
    check(rate >= sockets && rate <= 1_000_000, "--rate", rate, "--sockets to 1000000");
    check(size >= 100 && size <= 10_000, "--size", size, "100 to 10000");
    check(burst >= 1 && burst <= 100, "--burst", burst, "1 to 100");
    pace.check(this);
    FanoutLoad load =
        new FanoutLoad(
            sockets,
            rate,
            size,
            burst,
            pace.seconds(),
            pace.warmup(),
            pace.rounds(),
            module,
            reference);
    int loops = Runtime.getRuntime().availableProcessors();
    return measure(
        new Farm(true), loops, (farm, vertx) -> new FanoutScenario(farm, vertx, load).run(names));
  }
}
