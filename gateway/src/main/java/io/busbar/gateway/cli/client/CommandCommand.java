package io.busbar.gateway.cli.client;

import io.busbar.command.CommandJson;
import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
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
      String answer =
          new GatewayClient(gateway)
              .postText(
                  "/v1/commands/" + GatewayClient.segment(target),
                  HttpRequest.BodyPublishers.ofString(body()),
                  PATIENCE,
                  id == null ? List.of() : List.of("Idempotency-Key", id));
      PrintWriter out = spec.commandLine().getOut();
      out.println(gateway.json() ? answer : CommandJson.members(answer).get("result"));
      out.flush();
    }

    /** Params go out as they were typed, the result is printed as it came. */
    private String body() {
      StringBuilder body = new StringBuilder("{\"name\":").append(Json.encode(name));
      if (data != null) {
        body.append(",\"params\":").append(params());
      }
      if (timeout != null) {
        body.append(",\"timeout\":").append(Json.encode(timeout));
      }
      return body.append('}').toString();
    }

    private String params() {
      try {
        return CommandJson.value(data);
      } catch (DecodeException e) {
        throw new CliException(ExitCode.USAGE, "--data is no JSON: " + e.getMessage());
      }
    }
  }
}
