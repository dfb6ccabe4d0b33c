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

/** {@code busbar owner}. */
@Command(
    name = "owner",
    description = "Owners of keys, with fencing epochs.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      OwnerCommand.ListOwners.class,
      OwnerCommand.Get.class,
      OwnerChangeCommands.Claim.class,
      OwnerChangeCommands.Renew.class,
      OwnerChangeCommands.Release.class,
      OwnerWatchCommand.class
    },
    footer = {"", "Example:", "  busbar owner claim cart-7 --host shop-1 --ttl 30s"})
public final class OwnerCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  static String path(String key) {
    return "/v1/owners/" + GatewayClient.segment(key);
  }

  /** {@code busbar owner list}. */
  @Command(
      name = "list",
      description = "Lists owned keys.",
      footer = {"", "Example:", "  busbar owner list --host shop-1 -o json"})
  static final class ListOwners implements Runnable {
    private static final int PAGE = 10_000;

    @Mixin private GatewayOptions gateway;
    @Mixin private Watching watching;
    @Spec private CommandSpec spec;

    @Option(names = "--host", paramLabel = "HOST", description = "Only keys of this host.")
    private String host = "";

    @Option(names = "--limit", paramLabel = "N", description = "Most keys to list (default: all).")
    private int limit = Integer.MAX_VALUE;

    @Override
    public void run() {
      GatewayClient client = new GatewayClient(gateway);
      PrintWriter out = spec.commandLine().getOut();
      watching.run(out, gateway.json(), () -> print(all(client), out));
    }

    private JsonArray all(GatewayClient client) {
      JsonArray owners = new JsonArray();
      String after = "";
      boolean more = true;
      while (more && owners.size() < limit) {
        int most = Math.min(PAGE, limit - owners.size());
        JsonObject page =
            client.get(
                "/v1/owners?limit="
                    + most
                    + "&host="
                    + GatewayClient.segment(host)
                    + "&after="
                    + GatewayClient.segment(after));
        JsonArray found = page.getJsonArray("owners", new JsonArray());
        found.forEach(owners::add);
        more = page.getBoolean("more", false) && !found.isEmpty();
        after = found.isEmpty() ? after : found.getJsonObject(found.size() - 1).getString("key");
      }
      return owners;
    }

    private void print(JsonArray owners, PrintWriter out) {
      if (gateway.json()) {
        out.println(new JsonObject().put("owners", owners).encode());
        return;
      }
      Table table = new Table("KEY", "HOST", "EPOCH", "STATE", "EXPIRES");
      for (int i = 0; i < owners.size(); i++) {
        JsonObject owner = owners.getJsonObject(i);
        table.row(
            owner.getString("key"),
            owner.getString("host"),
            String.valueOf(owner.getLong("epoch")),
            owner.getString("state"),
            owner.getString("expires") == null ? "-" : owner.getString("expires"));
      }
      table.print(out);
    }
  }

  /** {@code busbar owner get}. */
  @Command(
      name = "get",
      description = "Shows who owns a key.",
      footer = {"", "Example:", "  busbar owner get cart-7"})
  static final class Get implements Runnable {
    @Mixin private GatewayOptions gateway;
    @Mixin private Watching watching;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key;

    @Override
    public void run() {
      GatewayClient client = new GatewayClient(gateway);
      PrintWriter out = spec.commandLine().getOut();
      watching.run(
          out, gateway.json(), () -> Fields.print(client.get(path(key)), gateway.json(), out));
    }
  }
}
