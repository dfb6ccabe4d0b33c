package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code busbar owner watch}. */
@Command(
    name = "watch",
    description = "Follows the changes of ownership until ended with Ctrl-C; one per line.",
    footer = {"", "Example:", "  busbar owner watch -o json"})
final class OwnerWatchCommand implements Callable<Integer> {
  @Mixin private GatewayOptions gateway;
  @Spec private CommandSpec spec;

  @Option(
      names = "--after",
      paramLabel = "EPOCH:OFFSET",
      description = "Resumes after an event's id (default: from now on).")
  private String after;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Ends after so many changes (default: never).")
  private long count = Long.MAX_VALUE;

  @Override
  public Integer call() {
    List<String> headers = after == null ? List.of() : List.of("Last-Event-ID", after);
    return new EventLines(this::told)
        .read(new GatewayClient(gateway).stream("/v1/owners/watch", headers));
  }

  /** Null = go on. */
  private Integer told(String event, String id, String data) {
    if (event.equals("ended")) {
      GatewayProblem problem = GatewayProblem.read(0, data);
      throw problem == null
          ? new CliException(ExitCode.RETRY, "the gateway ended the stream")
          : problem.toException();
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean change = event.equals("message");
    JsonObject document = new JsonObject(data);
    if (gateway.json()) {
      out.println(document.put("event", change ? "change" : event).put("id", id).encode());
      out.flush();
    } else if (change) {
      out.println(line(document));
      out.flush();
    } else if (!event.equals("live")) {
      spec.commandLine().getErr().println(event + " " + data);
      spec.commandLine().getErr().flush();
    }
    count -= change ? 1 : 0;
    return count > 0 ? null : ExitCode.OK;
  }

  private static String line(JsonObject change) {
    StringBuilder line = new StringBuilder(change.getString("kind"));
    for (String field : List.of("key", "host", "epoch", "target", "reserved_for", "previous")) {
      Object value = change.getValue(field);
      if (value != null && !value.equals("")) {
        line.append(' ').append(field).append('=').append(value);
      }
    }
    if (change.getValue("keys") instanceof JsonObject keys) {
      line.append(" keys=").append(String.join(",", keys.fieldNames()));
    }
    return line.toString();
  }
}
