package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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
    @Mixin private GatewayOptions gateway;
    @Mixin private Watching watching;
    @Spec private CommandSpec spec;

    @Option(names = "--pool", paramLabel = "POOL", description = "Only the workers of this pool.")
    private String pool;

    @Override
    public void run() {
      GatewayClient client = new GatewayClient(gateway);
      PrintWriter out = spec.commandLine().getOut();
      watching.run(out, gateway.json(), () -> print(all(client), out));
    }

    /** Reads page after page. */
    private List<JsonObject> all(GatewayClient client) {
      List<JsonObject> workers = new ArrayList<>();
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
      return workers;
    }

    private void print(List<JsonObject> workers, PrintWriter out) {
      if (gateway.json()) {
        out.println(new JsonObject().put("workers", new JsonArray(workers)).encode());
        return;
      }
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
      for (JsonObject worker : workers) {
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
    @Mixin private GatewayOptions gateway;
    @Mixin private Watching watching;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "WORKER", description = "Id of the worker.")
    private String id;

    @Override
    public void run() {
      GatewayClient client = new GatewayClient(gateway);
      PrintWriter out = spec.commandLine().getOut();
      watching.run(
          out, gateway.json(), () -> Fields.print(client.get(path(id)), gateway.json(), out));
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
