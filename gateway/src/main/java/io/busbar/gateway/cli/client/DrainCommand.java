package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar node drain}. */
@Command(
    name = "drain",
    description = "Begins an orderly stop of a node: running calls end, then it leaves.",
    footer = {
      "",
      "Examples:",
      "  busbar node drain node-a",
      "  busbar node drain node-a --wait && echo gone",
      "  busbar node drain node-a --wait=45s"
    })
final class DrainCommand implements Runnable {
  private static final Duration LONGEST_QUESTION = Duration.ofMinutes(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  @Mixin private GatewayOptions gateway;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "Name of the node.")
  private String name;

  @Option(
      names = "--wait",
      arity = "0..1",
      fallbackValue = "10m",
      paramLabel = "TIME",
      description =
          "Returns when the node is gone; ${FALLBACK-VALUE} at most unless a time is given."
              + " Exit code 4 if it is still there then.")
  private String wait;

  @Override
  public void run() {
    GatewayClient client = new GatewayClient(gateway);
    if (wait == null) {
      say(client.post(path()), "drains");
      return;
    }
    long limit = Spans.nanos(wait, "--wait", spec.commandLine());
    long until = System.nanoTime() + limit;
    JsonObject node = client.get("/v1/nodes/" + GatewayClient.segment(name));
    if (node.getBoolean("self", false)) {
      GatewayClient witness = witness(client);
      if (witness == null) {
        alone(client, node, until);
        return;
      }
      client = witness;
    }
    follow(client, node, until);
  }

  private String path() {
    return "/v1/nodes/" + GatewayClient.segment(name) + "/drain";
  }

  /** A node cannot tell its own end; another one of the cluster can. Null = there is none. */
  private GatewayClient witness(GatewayClient client) {
    JsonArray nodes = client.get("/v1/nodes").getJsonArray("nodes", new JsonArray());
    for (int i = 0; i < nodes.size(); i++) {
      JsonObject node = nodes.getJsonObject(i);
      String http = node.getJsonObject("addresses", new JsonObject()).getString("http", "");
      boolean serves = node.getBoolean("ready", false) && !node.getBoolean("draining", false);
      if (serves && !node.getBoolean("self", false) && !http.isEmpty()) {
        return client.at(URI.create(gateway.uri().getScheme() + "://" + http));
      }
    }
    return null;
  }

  /** One question after another, each answered when the node has left. */
  private void follow(GatewayClient client, JsonObject node, long until) {
    while (true) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        throw stillThere();
      }
      long asked = System.nanoTime();
      long millis = Math.max(1, Math.min(left / 1_000_000, LONGEST_QUESTION.toMillis()));
      JsonObject answer =
          client.postIfThere(
              path() + "?wait=" + millis + "ms", Duration.ofMillis(millis).plus(ANSWER));
      if (answer == null) {
        // It left between two questions.
        answer = node.copy().put("gone", true);
      }
      if (answer.getBoolean("gone", false)) {
        say(answer, "is gone");
        return;
      }
      if (System.nanoTime() - asked < millis * 900_000) {
        throw new CliException(
            ExitCode.RETRY, "node " + name + " drains, and the gateway that was asked stops too");
      }
    }
  }

  /** Nobody else is there: the end of the process is the end of a connection to it. */
  private void alone(GatewayClient client, JsonObject node, long until) {
    String management =
        node.getJsonObject("addresses", new JsonObject()).getString("management", "");
    try (Lifeline line = Lifeline.to(management)) {
      client.post(path());
      if (!line.ended(until)) {
        throw stillThere();
      }
    }
    say(node.put("draining", true).put("gone", true), "is gone");
  }

  private CliException stillThere() {
    return new CliException(ExitCode.RETRY, "node " + name + " still drains after " + wait);
  }

  private void say(JsonObject answer, String what) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(gateway.json() ? answer.encode() : "node " + answer.getString("name") + " " + what);
    out.flush();
  }
}
