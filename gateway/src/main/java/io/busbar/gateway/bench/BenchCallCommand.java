package io.busbar.gateway.bench;

import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code busbar bench call}. */
@Command(
    name = "call",
    description = {
      "Engage calls to a plain server without the bus, to one node, and across two nodes,",
      "each a process of its own that this command starts and ends. With --large, --tensors,",
      "--idle or --workers another question is measured instead."
    },
    footer = {
      "",
      "Examples:",
      "  busbar bench call --seconds 15 --in-flight 64",
      "  busbar bench call --only direct,one-node -o json",
      "  busbar bench call --idle 2000"
    })
final class BenchCallCommand extends MeasuringCommand {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB)?");
  private static final int LARGEST = 1 << 30;
  private static final int LARGEST_CALL = 16 << 20;
  private static final int LARGEST_TENSOR = 15 << 20;

  @Mixin private Pace pace = new Pace(15, 15, 5);

  @Option(names = "--in-flight", description = "Calls open at once (${DEFAULT-VALUE}).")
  private int inFlight = 64;

  @Option(names = "--connections", description = "HTTP/2 connections (${DEFAULT-VALUE}).")
  private int connections = 4;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Body: 1KiB unless given, 64MiB with --large, 10MiB with --tensors.")
  private String size;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Some of plain, direct, one-node, one-node-threads, two-nodes.")
  private List<String> only = CallScenario.NAMES;

  @Option(
      names = "--profile",
      description = "Shows where the servers spend time and what they allocate; costs some speed.")
  private boolean profile;

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Other other = new Other();

  /** Questions other than the price of a small call. */
  private static final class Other {
    @Option(
        names = "--large",
        description = "One large body across two nodes, against plain messages of the event bus.")
    private boolean large;

    @Option(
        names = "--tensors",
        description =
            "One large tensor to a Juniper worker across two nodes, against plain messages.")
    private boolean tensors;

    @Option(
        names = "--idle",
        paramLabel = "N",
        arity = "0..1",
        fallbackValue = "2000",
        description = "Memory per open call, with N calls (${FALLBACK-VALUE}).")
    private int idle;

    @Option(
        names = "--workers",
        paramLabel = "N",
        arity = "0..1",
        fallbackValue = "10000",
        description = "Calls to a pool of 10 workers and of N (${FALLBACK-VALUE}).")
    private int workers;
  }

  @Override
  public Integer call() throws Exception {
    Set<String> names = new LinkedHashSet<>(only);
    check(CallScenario.NAMES.containsAll(names), "--only", only, "of " + CallScenario.NAMES);
    pace.check(this);
    check(inFlight >= 1 && inFlight <= 10_000, "--in-flight", inFlight, "1 to 10000");
    check(connections >= 1 && connections <= 256, "--connections", connections, "1 to 256");
    check(other.idle >= 0 && other.idle <= 100_000, "--idle", other.idle, "1 to 100000");
    check(
        other.workers >= 0 && other.workers <= 100_000, "--workers", other.workers, "1 to 100000");
    int bytes =
        bytes(size != null ? size : other.large ? "64MiB" : other.tensors ? "10MiB" : "1KiB");
    check(!other.tensors || bytes <= LARGEST_TENSOR, "--size", size, "at most 15MiB for tensors");
    check(
        other.large || other.tensors || bytes <= LARGEST_CALL,
        "--size",
        size,
        "at most 16MiB for Engage calls");
    Target.Load shape = new Target.Load(bytes, inFlight, connections);
    CallScenario.CallLoad load =
        new CallScenario.CallLoad(shape, pace.seconds(), pace.warmup(), pace.rounds(), profile);
    int loops = Math.min(connections, Runtime.getRuntime().availableProcessors());
    return measure(new Farm(), loops, (farm, vertx) -> run(farm, vertx, load, names));
  }

  private Report run(Farm farm, Vertx vertx, CallScenario.CallLoad load, Set<String> names)
      throws Exception {
    if (other.large) {
      return new LargeScenario(farm, vertx, load.shape().size(), pace.rounds()).run();
    }
    if (other.tensors) {
      return new TensorScenario(farm, vertx, load.shape().size(), pace.rounds()).run();
    }
    if (other.idle > 0) {
      return new IdleScenario(farm, vertx, other.idle).run(connections);
    }
    if (other.workers > 0) {
      return new WorkersScenario(farm, vertx, load).run(other.workers);
    }
    return new CallScenario(farm, vertx, load).run(names);
  }

  private int bytes(String text) {
    Matcher found = SIZE.matcher(text);
    check(found.matches(), "--size", text, "bytes, such as 1KiB or 64KiB");
    long unit =
        switch (String.valueOf(found.group(2))) {
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          default -> 1;
        };
    long value = Long.parseLong(found.group(1)) * unit;
    check(value <= LARGEST, "--size", text, "at most 1GiB");
    return (int) value;
  }
}
