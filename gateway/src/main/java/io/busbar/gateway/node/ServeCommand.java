package io.busbar.gateway.node;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ConfigOptions;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.ConfigException;
import io.busbar.gateway.log.Logging;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code busbar serve}. */
@Command(
    name = "serve",
    description = {
      "Runs a node. Prints one READY line when all ports are open; /ready on the management port"
          + " says when the node serves. SIGTERM or Ctrl-C drains it, a second one stops it at once."
          + " SIGHUP reads the pools and the foreign hosts of the configuration again."
    },
    footer = {
      "",
      "Examples:",
      "  busbar serve --plugin echo",
      "  busbar serve --name b --port-offset 1 --join 127.0.0.1:5701"
    })
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private ConfigOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Config config = options.load();
    Logging.configure(config);
    config.warnings().forEach(warning -> LOG.warn("{}", warning));
    Node node;
    try {
      node = Node.start(config);
    } catch (StartFailure e) {
      LOG.debug("start failed", e);
      throw new CliException(ExitCode.USAGE, e.getMessage());
    }
    Signals.take(node::drain);
    Signals.onHangUp(() -> reload(node));
    node.ended().onComplete(done -> exit(node.exitCode()));
    PrintWriter out = spec.commandLine().getOut();
    out.println(node.readyLine());
    out.flush();
    return ExitCode.STILL_RUNNING;
  }

  /** A configuration with a fault changes nothing. */
  private void reload(Node node) {
    try {
      node.reload(options.load());
    } catch (ConfigException | StartFailure e) {
      LOG.error("SIGHUP: the configuration is not taken over: {}", e.getMessage());
    }
  }

  /** On a thread of its own: the future completes on one that the exit would wait for. */
  private static void exit(int code) {
    new Thread(() -> System.exit(code), "busbar-exit").start();
  }
}
