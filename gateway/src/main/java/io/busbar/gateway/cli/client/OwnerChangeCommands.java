package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The verbs of {@code busbar owner} that change something. */
final class OwnerChangeCommands {
  private OwnerChangeCommands() {}

  /** A key that the caller holds, at the epoch it knows. */
  static final class HeldKey {
    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key;

    @Option(
        names = "--epoch",
        required = true,
        paramLabel = "EPOCH",
        description = "The key's epoch.")
    private long epoch;

    String path() {
      return OwnerCommand.path(key);
    }

    List<String> ifMatch() {
      return List.of("If-Match", "\"" + epoch + "\"");
    }
  }

  /** {@code busbar owner claim}. */
  @Command(
      name = "claim",
      description = "Makes a host the owner of a key, if nobody else is.",
      footer = {"", "Example:", "  busbar owner claim cart-7 --host shop-1 --ttl 30s"})
  static final class Claim implements Runnable {
    @Mixin private GatewayOptions gateway;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key;

    @Option(
        names = "--host",
        required = true,
        paramLabel = "HOST",
        description = "Who is to own it: a node's name, or any host.")
    private String host;

    @Option(
        names = "--incarnation",
        paramLabel = "N",
        description = "Life of the host (default: its open session, or a new one).")
    private Long incarnation;

    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        description = "Lease, such as 30s, or never (default: ownership.ttl).")
    private String ttl;

    @Override
    public void run() {
      JsonObject body = new JsonObject().put("host", host);
      if (incarnation != null) {
        body.put("incarnation", incarnation);
      }
      if (ttl != null) {
        body.put("ttl", ttl);
      }
      JsonObject owner = new GatewayClient(gateway).put(OwnerCommand.path(key), body, List.of());
      Fields.print(owner, gateway.json(), spec.commandLine().getOut());
    }
  }

  /** {@code busbar owner renew}. */
  @Command(
      name = "renew",
      description = "Renews the lease of a key's holder, for all its keys.",
      footer = {"", "Example:", "  busbar owner renew cart-7 --epoch 1760078723000"})
  static final class Renew implements Runnable {
    @Mixin private GatewayOptions gateway;
    @Mixin private HeldKey held;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      JsonObject owner =
          new GatewayClient(gateway).put(held.path(), new JsonObject(), held.ifMatch());
      Fields.print(owner, gateway.json(), spec.commandLine().getOut());
    }
  }

  /** {@code busbar owner release}. */
  @Command(
      name = "release",
      description = "Gives a key back.",
      footer = {"", "Example:", "  busbar owner release cart-7 --epoch 1760078723000"})
  static final class Release implements Runnable {
    @Mixin private GatewayOptions gateway;
    @Mixin private HeldKey held;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      JsonObject owner = new GatewayClient(gateway).delete(held.path(), held.ifMatch());
      Fields.print(owner, gateway.json(), spec.commandLine().getOut());
    }
  }
}
