package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar command}. */
@Command(
    name = "command",
    description = "Commands to named targets.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {CommandCommand.Send.class},
    footer = {"", "Example:", "  busbar command send echo hello --data '{\"a\":1}'"})
public final class CommandCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  /** {@code busbar command send}. */
  @Command(
      name = "send",
      description = "Sends a command and prints its result.",
      footer = {"", "Example:", "  busbar command send echo hello --data '{\"a\":1}'"})
  static final class Send implements Runnable {
    /** The gateway ends a command itself; this is for one that does not answer at all. */
    private static final Duration PATIENCE = Duration.ofHours(25);

    @Mixin private GatewayOptions gateway;
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "TARGET", description = "Who is to do it.")
    private String target;

    @Parameters(index = "1", paramLabel = "NAME", description = "What is to be done.")
    private String name;

    @Option(
        names = {"-d", "--data"},
        paramLabel = "JSON",
        description = "Params of the command.")
    private String data;

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        description = "Time until the reply, like 500ms, 30s, 5m (default 30s).")
    private String timeout;

    @Option(
        names = "--id",
        paramLabel = "ID",
        description = "A command with a known id is answered as before.")
    private String id;

    @Override
    public void run() {
      JsonObject command = new JsonObject().put("name", name);
      if (data != null) {
        command.put("params", params());
      }
      if (timeout != null) {
        command.put("timeout", timeout);
      }
      JsonObject answer =
          new GatewayClient(gateway)
              .post(
                  "/v1/commands/" + GatewayClient.segment(target),
                  HttpRequest.BodyPublishers.ofString(command.encode()),
                  PATIENCE,
                  id == null ? List.of() : List.of("Idempotency-Key", id));
      PrintWriter out = spec.commandLine().getOut();
      out.println(gateway.json() ? answer.encode() : Json.encode(answer.getValue("result")));
      out.flush();
    }

    private Object params() {
      try {
        return Json.decodeValue(data);
      } catch (DecodeException e) {
        throw new CliException(ExitCode.USAGE, "--data is no JSON: " + e.getMessage());
      }
    }
  }
}
