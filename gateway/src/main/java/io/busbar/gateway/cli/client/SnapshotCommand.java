package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar channel snapshot}. */
@Command(
    name = "snapshot",
    description = "Shows the snapshot that a new follower gets, or stores one.",
    footer = {
      "",
      "Examples:",
      "  busbar channel snapshot demo",
      "  busbar channel snapshot demo --store @state.json --epoch 1798912345678 --offset 41"
    })
final class SnapshotCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Mixin private GatewayOptions gateway;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CHANNEL", description = "Name of the channel.")
  private String name;

  @Option(
      names = "--store",
      paramLabel = "TEXT|@FILE|-",
      description = "The state to store: a text, a file, or stdin (default: show what is stored).")
  private String data;

  @Option(
      names = "--epoch",
      paramLabel = "EPOCH",
      description = "Epoch of --offset; publish answers it.")
  private Long epoch;

  @Option(
      names = "--offset",
      paramLabel = "OFFSET",
      description = "The last frame that the state includes.")
  private Long offset;

  @Override
  public Integer call() {
    GatewayClient client = new GatewayClient(gateway);
    String path = ChannelCommand.path(name) + "/snapshot";
    PrintWriter out = spec.commandLine().getOut();
    if (data == null) {
      show(client.get(path), out);
    } else {
      store(client, path, out);
    }
    out.flush();
    return 0;
  }

  private void show(JsonObject found, PrintWriter out) {
    if (gateway.json()) {
      out.println(found.encode());
    } else {
      out.println(found.getLong("epoch") + ":" + found.getLong("offset"));
      out.println(found.getString("data", found.getString("base64")));
    }
  }

  private void store(GatewayClient client, String path, PrintWriter out) {
    if (epoch == null || offset == null) {
      throw new ParameterException(
          spec.commandLine(), "--store needs --epoch and --offset of the last frame included");
    }
    String type = ChannelCommand.guessed(data);
    JsonObject stored =
        client.put(
            path + "?epoch=" + epoch + "&offset=" + offset,
            ChannelCommand.body(data),
            PATIENCE,
            type == null ? List.of() : List.of("Content-Type", type));
    out.println(
        gateway.json()
            ? stored.encode()
            : stored.getLong("epoch") + ":" + stored.getLong("offset"));
  }
}
