package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar channel follow}. */
@Command(
    name = "follow",
    description = {
      "Follows a channel until ended with Ctrl-C; one frame per line.",
      "When its node goes away it goes on there or at another one, after the last frame."
    },
    footer = {
      "",
      "Examples:",
      "  busbar channel follow demo",
      "  busbar channel follow demo --from 1 -o json"
    })
final class FollowCommand implements Callable<Integer> {
  @Mixin private GatewayOptions gateway;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CHANNEL", description = "Name of the channel.")
  private String name;

  @Option(
      names = "--from",
      paramLabel = "OFFSET",
      description = "First offset to show (default: what comes from now on).")
  private Long from;

  @Option(names = "--epoch", paramLabel = "EPOCH", description = "Epoch of --from.")
  private Long epoch;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Ends after so many frames (default: never).")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "1m",
      description = "How long to look for a node to go on with (${DEFAULT-VALUE}).")
  private String patience = "1m";

  @Override
  public Integer call() {
    if (epoch != null && from == null) {
      throw new CliException(ExitCode.USAGE, "--epoch is of use only with --from");
    }
    String path = ChannelCommand.path(name) + "/frames";
    if (from != null) {
      path += "?after=" + Math.max(0, from - 1) + (epoch == null ? "" : "&epoch=" + epoch);
    }
    return new FollowedChannel(
            new GatewayClient(gateway),
            gateway.uri(),
            path,
            Spans.nanos(patience, "--patience", spec.commandLine()),
            this::told)
        .follow();
  }

  /** Null = go on. */
  private Integer told(String event, String id, String data) {
    if (event.equals("ended")) {
      GatewayProblem problem = GatewayProblem.read(0, data);
      throw problem == null
          ? new CliException(ExitCode.RETRY, "the gateway ended the stream")
          : problem.toException();
    }
    boolean frame = event.equals("message") || event.equals("binary");
    PrintWriter out = spec.commandLine().getOut();
    if (gateway.json()) {
      out.println(new JsonObject().put("event", event).put("id", id).put("data", data).encode());
      out.flush();
    } else if (frame || event.endsWith("snapshot")) {
      out.println(data);
      out.flush();
    } else if (!event.equals("live")) {
      spec.commandLine().getErr().println(event + " " + data);
      spec.commandLine().getErr().flush();
    }
    if (frame) {
      count--;
    }
    return count > 0 ? null : ExitCode.OK;
  }
}
