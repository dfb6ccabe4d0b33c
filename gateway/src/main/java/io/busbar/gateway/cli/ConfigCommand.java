package io.busbar.gateway.cli;

import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.ConfigException;
import io.busbar.gateway.config.Problem;
import io.busbar.gateway.config.ReferencePrinter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code busbar config}. */
@Command(
    name = "config",
    description = "Checks, shows and explains the configuration of a node.",
    synopsisSubcommandLabel = "VERB",
    footer = {"", "Example:", "  busbar config check --config conf/busbar.yaml"})
final class ConfigCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected check, show or reference");
  }

  @Command(
      name = "check",
      description = "Validates file, environment and flags; exit code 2 if anything is wrong.",
      footer = {"", "Example:", "  busbar config check --config /etc/busbar.yaml"})
  int check(
      @Mixin ConfigOptions options,
      @Option(names = "-o", paramLabel = "text|json", defaultValue = "text") OutputFormat format) {
    PrintWriter out = out("check");
    try {
      Config config = options.load();
      if (format == OutputFormat.json) {
        out.println(verdict(List.of(), config.warnings()).encode());
      } else {
        config.warnings().forEach(warning -> out.println("warning: " + warning));
        out.println("ok");
      }
      out.flush();
      return ExitCode.OK;
    } catch (ConfigException e) {
      if (format == OutputFormat.text) {
        throw e;
      }
      out.println(verdict(e.problems(), List.of()).encode());
      out.flush();
      return ExitCode.USAGE;
    }
  }

  private static JsonObject verdict(List<Problem> problems, List<String> warnings) {
    JsonArray list = new JsonArray();
    for (Problem p : problems) {
      list.add(
          new JsonObject()
              .put("source", p.at().source())
              .put("line", p.at().line() == 0 ? null : p.at().line())
              .put("key", p.key())
              .put("value", p.value())
              .put("expected", p.expected()));
    }
    return new JsonObject()
        .put("valid", problems.isEmpty())
        .put("problems", list)
        .put("warnings", new JsonArray(warnings));
  }

  @Command(
      name = "show",
      description = "Prints each effective value and where it came from, secrets masked.",
      footer = {"", "Example:", "  busbar config show --config conf/busbar.yaml --port-offset 100"})
  int show(
      @Mixin ConfigOptions options,
      @Option(names = "-o", paramLabel = "text|json", defaultValue = "text") OutputFormat format) {
    PrintWriter out = out("show");
    Config config = options.load();
    if (format == OutputFormat.json) {
      JsonArray list = new JsonArray();
      for (Config.Shown shown : config.shown()) {
        list.add(
            new JsonObject()
                .put("key", shown.path())
                .put("value", shown.value().isEmpty() ? null : shown.value())
                .put("origin", shown.origin().kind().label())
                .put("where", shown.origin().where()));
      }
      out.println(list.encodePrettily());
    } else {
      for (Config.Shown shown : config.shown()) {
        out.printf("%-36s %-36s %s%n", shown.path(), shown.value(), shown.origin());
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  @Command(
      name = "reference",
      description = "Prints every key with type, default, unit and meaning.",
      footer = {"", "Example:", "  busbar config reference --format yaml > busbar.yaml"})
  int reference(
      @Option(
              names = "--format",
              paramLabel = "text|json|yaml|markdown",
              defaultValue = "text",
              description = "yaml gives a file with every default, markdown a table.")
          ReferencePrinter.Format format,
      @Option(names = "-o", paramLabel = "text|json", description = "Same as --format.")
          OutputFormat output) {
    PrintWriter out = out("reference");
    ReferencePrinter.Format chosen =
        output == null ? format : ReferencePrinter.Format.valueOf(output.name());
    out.print(ReferencePrinter.print(chosen));
    out.flush();
    return ExitCode.OK;
  }

  private PrintWriter out(String verb) {
    return spec.subcommands().get(verb).getOut();
  }
}
