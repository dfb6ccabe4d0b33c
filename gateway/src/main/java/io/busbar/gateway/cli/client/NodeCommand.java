package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar node}. */
@Command(
    name = "node",
    description = "Nodes of the cluster.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {NodeCommand.ListNodes.class, NodeCommand.Show.class, DrainCommand.class},
    footer = {"", "Example:", "  busbar node list --watch"})
public final class NodeCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  /** {@code busbar node list}. */
  @Command(
      name = "list",
      description = "Lists the nodes.",
      footer = {"", "Example:", "  busbar node list -o json"})
  static final class ListNodes implements Runnable {
    @Mixin private Showing showing;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      showing.run(spec, client -> client.get("/v1/nodes"), this::print);
    }

    private void print(JsonObject answer, PrintWriter out) {
      Table table = new Table("NAME", "STATE", "KIND", "LANES", "HTTP", "RUNNER", "VERSION");
      JsonArray nodes = answer.getJsonArray("nodes", new JsonArray());
      for (int i = 0; i < nodes.size(); i++) {
        JsonObject node = nodes.getJsonObject(i);
        JsonObject addresses = node.getJsonObject("addresses", new JsonObject());
        table.row(
            node.getString("name"),
            state(node),
            node.getBoolean("gateway", true) ? "gateway" : "member",
            String.valueOf(node.getInteger("lanes", 0)),
            addresses.getString("http"),
            addresses.getString("runner"),
            node.getString("version"));
      }
      table.print(out);
      sizes(nodes, out);
    }

    /** How many nodes the majority is counted of, and what keeps it from being one. */
    private static void sizes(JsonArray nodes, PrintWriter out) {
      int voters = 0;
      TreeSet<Integer> sizes = new TreeSet<>();
      for (int i = 0; i < nodes.size(); i++) {
        JsonObject node = nodes.getJsonObject(i);
        if (node.getBoolean("gateway", true)) {
          voters++;
          sizes.add(node.getInteger("cluster_size", 0));
        }
      }
      if (sizes.isEmpty()) {
        return;
      }
      int size = sizes.last();
      out.println();
      out.println(
          "cluster size "
              + (sizes.size() == 1 ? size : "not agreed yet: " + sizes)
              + ", "
              + voters
              + " there"
              + (2 * voters > size ? "" : ": no majority, guarded writes are refused"));
    }

    private static String state(JsonObject node) {
      if (node.getBoolean("draining", false)) {
        return "draining";
      }
      return node.getBoolean("ready", false) ? "ready" : "starting";
    }
  }

  /** {@code busbar node show}. */
  @Command(
      name = "show",
      description = "Shows what a node says of itself.",
      footer = {"", "Example:", "  busbar node show node-a"})
  static final class Show implements Runnable {
    @Mixin private Showing showing;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NODE", description = "Name of the node.")
    private String name;

    @Override
    public void run() {
      showing.fields(spec, "/v1/nodes/" + GatewayClient.segment(name));
    }
  }
}
