package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import io.busbar.gateway.bench.RunnerScenario.Shape;
import io.busbar.gateway.process.OpenFiles;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code busbar bench runner}. */
@Command(
    name = "runner",
    description = {
      "Engage calls to one scripted runner: directly, through nginx and HAProxy where they are",
      "installed, through one node and across two. Each is a process of its own that this",
      "command starts and ends."
    },
    footer = {
      "",
      "Examples:",
      "  busbar bench runner",
      "  busbar bench runner --only nginx,one-node --seconds 30 -o json",
      "  busbar bench runner --large",
      "  busbar bench runner --runners 9000"
    })
final class BenchRunnerCommand extends MeasuringCommand {
  private static final int KIB = 1024;
  private static final int LARGE = 64 << 20;
  private static final int LARGE_SECONDS = 10;
  private static final int MANY = 64;
  private static final int CONNECTIONS = 8;
  private static final int SPARE_FILES = 200;

  @Mixin private Pace pace = new Pace(5, 3, 5);

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Some of direct, nginx, haproxy, one-node, two-nodes.")
  private List<String> only = RunnerScenario.NAMES;

  @Option(
      names = "--style",
      split = ",",
      paramLabel = "NAME",
      description = "Some of HALF_CLOSE, FN: how the client makes its calls.")
  private List<CallStyle> styles = List.of(CallStyle.values());

  @Option(
      names = "--large",
      description = "Bodies of 64 MiB each way, one at a time, instead of small calls; 10 s each.")
  private boolean large;

  @Option(
      names = "--memory",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "1000000",
      description = "Memory of a node over N calls instead of their price (${FALLBACK-VALUE}).")
  private Long memory;

  @Option(
      names = "--runners",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "10000",
      description = "A call with N runners in its pool against one with 10 (${FALLBACK-VALUE}).")
  private Integer runners;

  @Option(
      names = "--profile",
      description = "Shows where the nodes spend time and what they allocate; costs some speed.")
  private boolean profile;

  @Override
  public Integer call() throws Exception {
    int loops = Runtime.getRuntime().availableProcessors();
    Set<String> names = new LinkedHashSet<>(only);
    check(RunnerScenario.NAMES.containsAll(names), "--only", only, "of " + RunnerScenario.NAMES);
    pace.check(this);
    check(
        memory == null || memory >= 1000 && memory <= 1_000_000_000,
        "--memory",
        memory,
        "1000 to 1000000000");
    if (runners != null) {
      check(runners > ManyRunnersScenario.FEW, "--runners", runners, "more than 10");
      long fit = OpenFiles.limit() / loops - SPARE_FILES;
      check(
          runners <= fit,
          "--runners",
          runners,
          "at most %d, for a node has a connection to each on each of its %d event loops, and a"
                  .formatted(fit, loops)
              + " process here may have %d files open (ulimit -n)".formatted(OpenFiles.limit()));
    }
    int size = large ? LARGE : KIB;
    CallLoad load =
        new CallLoad(
            new Target.Load(size, MANY, CONNECTIONS),
            large && !given("--seconds") ? LARGE_SECONDS : pace.seconds(),
            pace.warmup(),
            pace.rounds(),
            profile);
    return measure(
        new Farm(true),
        loops,
        (farm, vertx) -> {
          if (memory != null) {
            return new MemoryScenario(farm, vertx, load.shape()).run(memory);
          }
          return runners != null
              ? new ManyRunnersScenario(farm, vertx, load, styles.get(0)).run(runners)
              : new RunnerScenario(farm, vertx, load, shapes(size), large).run(names);
        });
  }

  private List<Shape> shapes(int size) {
    List<Shape> shapes = new ArrayList<>();
    for (CallStyle style : new LinkedHashSet<>(styles)) {
      if (!large) {
        shapes.add(new Shape(style, new Target.Load(size, MANY, CONNECTIONS)));
        shapes.add(new Shape(style, new Target.Load(size, MANY, 1)));
      }
      shapes.add(new Shape(style, new Target.Load(size, 1, 1)));
    }
    return shapes;
  }
}
