package io.busbar.gateway.bench;

import io.busbar.gateway.bench.OwnerScenario.OwnerLoad;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code busbar bench owner}. */
@Command(
    name = "owner",
    description = {
      "Claims, renewals and reads of owners on one node and on three, beside etcd where it is",
      "installed. With --keys: what an owned key costs in memory, and the take-over of all keys",
      "of a node that is killed; with --ping too: how long a node takes to answer a Ping while it",
      "owns that many. Each server is a process of its own that this command starts and ends."
    },
    footer = {
      "",
      "Examples:",
      "  busbar bench owner",
      "  busbar bench owner --only one-node,etcd-1 -o json",
      "  busbar bench owner --keys 100000",
      "  busbar bench owner --keys 1000000 --ping"
    })
final class BenchOwnerCommand extends MeasuringCommand {
  @Option(
      names = "--keys",
      paramLabel = "N",
      description =
          "Memory and take-over of N keys instead of rates; --warmup is time of take-overs then.")
  private Integer keys;

  @Option(
      names = "--ping",
      description = "With --keys: times of Ping, idle and under claims, with few keys and all.")
  private boolean ping;

  @Option(
      names = "--in-flight",
      description = "Requests at once, and sessions (${DEFAULT-VALUE}).",
      paramLabel = "N")
  private int inFlight = 64;

  @Mixin private Pace pace = new Pace(15, 30, 5);

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Some of one-node, etcd-1, three-nodes, etcd-3.")
  private List<String> only = OwnerScenario.NAMES;

  @Override
  public Integer call() throws Exception {
    Set<String> names = new LinkedHashSet<>(only);
    check(OwnerScenario.NAMES.containsAll(names), "--only", only, "of " + OwnerScenario.NAMES);
    check(keys == null || keys >= 100 && keys <= 5_000_000, "--keys", keys, "100 to 5000000");
    check(!ping || keys != null, "--ping", "alone", "with --keys");
    check(inFlight >= 1 && inFlight <= 1000, "--in-flight", inFlight, "1 to 1000");
    pace.check(this);
    OwnerLoad load = new OwnerLoad(pace.seconds(), pace.warmup(), pace.rounds(), inFlight);
    if (ping) {
      return measure(
          new Farm(true), 1, (farm, vertx) -> new PingScenario(farm, vertx, load, keys).run());
    }
    return measure(
        new Farm(true),
        1,
        (farm, vertx) ->
            keys != null
                ? new OwnerKeysScenario(farm, keys, pace.warmup()).run()
                : new OwnerScenario(farm, vertx, load).run(names));
  }
}
