package io.busbar.gateway.cli;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureException;
import io.busbar.gateway.cli.client.CallCommand;
import io.busbar.gateway.cli.client.ChannelCommand;
import io.busbar.gateway.cli.client.CommandCommand;
import io.busbar.gateway.cli.client.NodeCommand;
import io.busbar.gateway.cli.client.OwnerCommand;
import io.busbar.gateway.cli.client.WorkerCommand;
import io.busbar.gateway.config.ConfigException;
import io.busbar.gateway.config.Spelling;
import io.busbar.gateway.node.ServeCommand;
import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command. */
@Command(
    name = "busbar",
    versionProvider = Version.class,
    description = "Reactive edge gateway in front of heterogeneous workers.",
    synopsisSubcommandLabel = "NOUN",
    subcommands = {
      ServeCommand.class,
      io.busbar.gateway.cli.demo.DemoCommand.class,
      CallCommand.class,
      ChannelCommand.class,
      OwnerCommand.class,
      CommandCommand.class,
      NodeCommand.class,
      WorkerCommand.class,
      ConfigCommand.class,
      io.busbar.gateway.bench.BenchCommand.class,
      BusbarCli.Completion.class
    },
    footer = {
      "",
      "Example:",
      "  busbar config show --set http.port=8081",
      "",
      "Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration, 3 gateway not reachable,",
      "4 failed and safe to retry."
    })
public final class BusbarCli implements Runnable {

  private static final String[] HELP = {"-h", "--help"};
  private static final String[] LONG_HELP = {"--help"};

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Shows the stack of an unexpected error (also BUSBAR_DEBUG=true).")
  private boolean debug;

  @Spec private CommandSpec spec;

  private BusbarCli() {}

  /** Runs one command line and gives its exit code, or {@link ExitCode#STILL_RUNNING}. */
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  /** The command tree, for tests and the completion script. */
  public static CommandLine commandLine() {
    BusbarCli root = new BusbarCli();
    CommandLine line = new CommandLine(root);
    addHelp(line);
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Shows the version.")
                .build());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    // "@FILE" is a value of --data, not a file of arguments.
    line.setExpandAtFiles(false);
    line.setParameterExceptionHandler(BusbarCli::usage);
    line.setExecutionExceptionHandler(root::failed);
    return line;
  }

  /** Every command of the tree has --help, whether its class names it or not. */
  private static void addHelp(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    if (spec.findOption("--help") == null) {
      spec.addOption(
          OptionSpec.builder(spec.findOption("-h") == null ? HELP : LONG_HELP)
              .usageHelp(true)
              .description("Shows this help.")
              .build());
    }
    line.getSubcommands().values().forEach(BusbarCli::addHelp);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a noun is missing");
  }

  private static int usage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    String command = line.getCommandSpec().qualifiedName();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      message = unmatched(line, unmatched.getUnmatched().get(0));
    }
    err.println(command + ": " + message + " (see " + command + " --help)");
    err.flush();
    return ExitCode.USAGE;
  }

  /** A word that is no command here, or an argument that the command does not take. */
  private static String unmatched(CommandLine line, String word) {
    CommandSpec spec = line.getCommandSpec();
    String shown = "'" + Failure.shorten(word, 60) + "'";
    if (spec.subcommands().isEmpty() || word.startsWith("-")) {
      return "unknown argument "
          + shown
          + Spelling.closest(word, spec.optionsMap().keySet())
              .map(option -> ", did you mean " + option + "?")
              .orElse("");
    }
    return "unknown command "
        + shown
        + Spelling.closest(word, spec.subcommands().keySet())
            .map(command -> ", did you mean " + command + "?")
            .orElse(", expected " + String.join(", ", spec.subcommands().keySet()));
  }

  private int failed(Exception e, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    String command = line.getCommandSpec().qualifiedName();
    int code = report(e, command, err);
    if (debug || Boolean.parseBoolean(System.getenv("BUSBAR_DEBUG"))) {
      e.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static int report(Exception e, String command, PrintWriter err) {
    if (e instanceof ConfigException refused) {
      refused.problems().forEach(problem -> err.println(command + ": " + problem));
      return ExitCode.USAGE;
    }
    if (e instanceof CliException ended) {
      err.println(command + ": " + ended.getMessage());
      return ended.exitCode();
    }
    if (e instanceof FailureException failed) {
      Failure failure = failed.failure();
      err.println(command + ": " + failed.getMessage());
      return failure.retrySafe() ? ExitCode.RETRY : ExitCode.FAILED;
    }
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    err.println(
        command
            + ": unexpected "
            + e.getClass().getSimpleName()
            + ": "
            + message
            + " (--debug shows where)");
    return ExitCode.FAILED;
  }

  /** {@code busbar completion}. */
  @Command(
      name = "completion",
      description = "Prints a completion script for bash and zsh.",
      footer = {"", "Example:", "  source <(busbar completion)"})
  static final class Completion implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(AutoComplete.bash("busbar", spec.root().commandLine()));
      out.flush();
    }
  }
}
