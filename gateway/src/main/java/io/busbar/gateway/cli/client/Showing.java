package io.busbar.gateway.cli.client;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.function.BiConsumer;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** Options of a command that shows what the gateway answers, once or again and again. */
final class Showing {
  @Mixin private GatewayOptions gateway;
  @Mixin private Watching watching;

  /**
   * As JSON, or as people read it.
   *
   * @param ask gets it
   * @param text prints it for people
   */
  void run(
      CommandSpec spec,
      Function<GatewayClient, JsonObject> ask,
      BiConsumer<JsonObject, PrintWriter> text) {
    GatewayClient client = new GatewayClient(gateway);
    PrintWriter out = spec.commandLine().getOut();
    watching.run(
        out,
        gateway.json(),
        () -> {
          JsonObject answer = ask.apply(client);
          if (gateway.json()) {
            out.println(answer.encode());
          } else {
            text.accept(answer, out);
          }
        });
  }

  /** One document as lines of name and value. */
  void fields(CommandSpec spec, String path) {
    run(spec, client -> client.get(path), (document, out) -> Fields.print(document, false, out));
  }
}
