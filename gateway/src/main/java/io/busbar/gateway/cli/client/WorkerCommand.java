package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar worker}. */
@Command(
    name = "worker",
    description = "Workers of the cluster.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      WorkerCommand.ListWorkers.class,
      WorkerCommand.Show.class,
      WorkerCommand.Drain.class,
      WorkerCommand.Resume.class
    },
    footer = {"", "Example:", "  busbar worker list --pool echo"})
public final class WorkerCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  private static String path(String worker) {
    return "/v1/workers/" + GatewayClient.segment(worker);
  }

  /** {@code busbar worker list}. */
  @Command(
      name = "list",
      description = "Lists the workers of all nodes.",
      footer = {"", "Example:", "  busbar worker list --pool echo --watch"})
  static final class ListWorkers implements Runnable {
    @Mixin private Showing showing;
    @Spec private CommandSpec spec;

    @Option(names = "--pool", paramLabel = "POOL", description = "Only the workers of this pool.")
    private String pool;

    @Override
    public void run() {
      showing.run(spec, this::all, this::print);
    }

    /** Reads page after page. */
    private JsonObject all(GatewayClient client) {
      JsonArray workers = new JsonArray();
      String after = "";
      while (after != null) {
        String query =
            "?after="
                + GatewayClient.segment(after)
                + (pool == null ? "" : "&pool=" + GatewayClient.segment(pool));
        JsonObject page = client.get("/v1/workers" + query);
        JsonArray some = page.getJsonArray("workers", new JsonArray());
        for (int i = 0; i < some.size(); i++) {
          workers.add(some.getJsonObject(i));
        }
        after = page.getString("next");
      }
      return new JsonObject().put("workers", workers);
    }

    private void print(JsonObject answer, PrintWriter out) {
      Table table =
          new Table(
              "WORKER",
              "POOL",
              "STATUS",
              "STATE",
              "RUNNING",
              "ATTEMPTS",
              "NODE",
              "KIND",
              "ADDRESS",
              "LAST ERROR");
      JsonArray workers = answer.getJsonArray("workers");
      for (int i = 0; i < workers.size(); i++) {
        JsonObject worker = workers.getJsonObject(i);
        table.row(
            worker.getString("worker_id"),
            worker.getString("pool"),
            worker.getString("status"),
            worker.getString("state"),
            worker.getInteger("running_tasks", 0) + "/" + worker.getInteger("capacity", 0),
            String.valueOf(worker.getLong("calls", 0L)),
            worker.getString("node"),
            worker.getString("protocol_name"),
            worker.getString("address"),
            worker.getString("last_error"));
      }
      table.print(out);
    }
  }

  /** {@code busbar worker show}. */
  @Command(
      name = "show",
      description = "Shows one worker.",
      footer = {"", "Example:", "  busbar worker show echo@node-a"})
  static final class Show implements Runnable {
    @Mixin private Showing showing;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "WORKER", description = "Id of the worker.")
    private String id;

    @Override
    public void run() {
      showing.fields(spec, path(id));
    }
  }

  /** {@code busbar worker drain}. */
  @Command(
      name = "drain",
      description = "Offers a worker no more calls; running ones go on.",
      footer = {"", "Example:", "  busbar worker drain echo@node-a"})
  static final class Drain implements Runnable {
    @Mixin private GatewayOptions gateway;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "WORKER", description = "Id of the worker.")
    private String id;

    @Override
    public void run() {
      tell(gateway, spec, id, "drain");
    }
  }

  /** {@code busbar worker resume}. */
  @Command(
      name = "resume",
      description = "Offers calls to a drained worker again.",
      footer = {"", "Example:", "  busbar worker resume echo@node-a"})
  static final class Resume implements Runnable {
    @Mixin private GatewayOptions gateway;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "WORKER", description = "Id of the worker.")
    private String id;

    @Override
    public void run() {
      tell(gateway, spec, id, "resume");
    }
  }

  private static void tell(GatewayOptions gateway, CommandSpec spec, String id, String verb) {
    JsonObject answer = new GatewayClient(gateway).post(path(id) + "/" + verb);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        gateway.json()
            ? answer.encode()
            : "worker " + answer.getString("worker_id") + " is " + answer.getString("status"));
    out.flush();
  }
}
