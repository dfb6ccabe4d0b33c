package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar channel}. */
@Command(
    name = "channel",
    description = "Channels: named broadcasts with history.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      ChannelCommand.ListChannels.class,
      ChannelCommand.Show.class,
      ChannelCommand.Publish.class,
      FollowCommand.class,
      SnapshotCommand.class
    },
    footer = {"", "Example:", "  busbar channel follow demo --from 1"})
public final class ChannelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  static String path(String channel) {
    return "/v1/channels/" + GatewayClient.segment(channel);
  }

  /** {@code busbar channel list}. */
  @Command(
      name = "list",
      description = "Lists the channels.",
      footer = {"", "Example:", "  busbar channel list -o json"})
  static final class ListChannels implements Runnable {
    @Mixin private Showing showing;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      showing.run(spec, client -> client.get("/v1/channels"), this::print);
    }

    private void print(JsonObject answer, PrintWriter out) {
      Table table = new Table("NAME", "EPOCH", "FIRST", "NEXT", "NODE", "SUBSCRIBERS");
      JsonArray channels = answer.getJsonArray("channels", new JsonArray());
      for (int i = 0; i < channels.size(); i++) {
        JsonObject channel = channels.getJsonObject(i);
        long subscribers = 0;
        for (var some : channel.getJsonObject("subscribers", new JsonObject())) {
          subscribers += ((Number) some.getValue()).longValue();
        }
        table.row(
            channel.getString("name"),
            String.valueOf(channel.getLong("epoch")),
            String.valueOf(channel.getLong("first")),
            String.valueOf(channel.getLong("next")),
            channel.getString("node"),
            String.valueOf(subscribers));
      }
      table.print(out);
    }
  }

  /** {@code busbar channel show}. */
  @Command(
      name = "show",
      description = "Shows a channel.",
      footer = {"", "Example:", "  busbar channel show demo"})
  static final class Show implements Runnable {
    @Mixin private Showing showing;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "CHANNEL", description = "Name of the channel.")
    private String name;

    @Override
    public void run() {
      showing.fields(spec, path(name));
    }
  }

  /** {@code busbar channel publish}. */
  @Command(
      name = "publish",
      description = "Appends one frame.",
      footer = {"", "Example:", "  busbar channel publish demo --data '{\"n\":1}'"})
  static final class Publish implements Runnable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Mixin private GatewayOptions gateway;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "CHANNEL", description = "Name of the channel.")
    private String name;

    @Option(
        names = {"-d", "--data"},
        required = true,
        paramLabel = "TEXT|@FILE|-",
        description = "The frame: a text, a file, or stdin.")
    private String data;

    @Option(
        names = "--content-type",
        paramLabel = "TYPE",
        description =
            "What the frame is (default: application/json if --data is that, else plain text;"
                + " of a file or stdin nothing is said).")
    private String contentType;

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description = "Frames of one key replace each other for subscribers that lag.")
    private String key;

    @Option(
        names = "--id",
        paramLabel = "ID",
        description = "An append with a known id is answered as before.")
    private String id;

    @Option(
        names = "--if-offset",
        paramLabel = "OFFSET",
        description = "Only if this is the newest offset; 0 = there is none.")
    private Long ifOffset;

    @Override
    public void run() {
      List<String> headers = new ArrayList<>();
      String type = contentType == null ? guessed(data) : contentType;
      if (type != null) {
        headers.addAll(List.of("Content-Type", type));
      }
      if (key != null) {
        headers.addAll(List.of("Busbar-Key", key));
      }
      if (id != null) {
        headers.addAll(List.of("Idempotency-Key", id));
      }
      String path = path(name) + "/frames" + (ifOffset == null ? "" : "?if_offset=" + ifOffset);
      JsonObject answer = new GatewayClient(gateway).post(path, body(data), PATIENCE, headers);
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          gateway.json()
              ? answer.encode()
              : answer.getLong("epoch") + ":" + answer.getLong("offset"));
      out.flush();
    }
  }

  /** Null = it is not looked into. */
  static String guessed(String data) {
    if (data.equals("-") || data.startsWith("@")) {
      return null;
    }
    try {
      Json.decodeValue(data);
      return "application/json";
    } catch (DecodeException e) {
      return "text/plain; charset=utf-8";
    }
  }

  /** A text, a file or stdin as a body. */
  static HttpRequest.BodyPublisher body(String data) {
    try {
      if (data.equals("-")) {
        return HttpRequest.BodyPublishers.ofByteArray(System.in.readAllBytes());
      }
      return data.startsWith("@")
          ? HttpRequest.BodyPublishers.ofFile(Path.of(data.substring(1)))
          : HttpRequest.BodyPublishers.ofString(data, StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      throw new CliException(
          ExitCode.USAGE, "--data names " + data.substring(1) + ", which cannot be read");
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "stdin cannot be read: " + e.getMessage());
    }
  }
}
