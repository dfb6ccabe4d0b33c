package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.BusbarCli;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import picocli.CommandLine;

/** A gateway that says what the test wrote, and a command line that asks it. */
final class ScriptedGateway implements AutoCloseable {
  private record Reply(int status, JsonObject document) {}

  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final AnsweringPort port;

  ScriptedGateway() throws Exception {
    port = new AnsweringPort(this::answer);
  }

  String address() {
    return port.url().substring("http://".length());
  }

  /**
   * @param question method and path; one that ends with {@code =} stands for any value
   */
  void answer(String question, int status, JsonObject document) {
    replies.put(question, new Reply(status, document));
  }

  private void answer(HttpServerRequest request) {
    String what = request.method() + " " + request.uri();
    asked.add(what);
    Reply reply = replies.get(what);
    if (reply == null && what.contains("=")) {
      reply = replies.get(what.substring(0, what.indexOf('=') + 1));
    }
    if (reply == null) {
      reply =
          new Reply(
              404,
              new JsonObject()
                  .put("type", "urn:busbar:problem:not_found")
                  .put("code", "not_found")
                  .put("detail", "there is no such thing")
                  .put("retryable", false));
    }
    request.response().setStatusCode(reply.status()).end(reply.document().encode());
  }

  /** Runs a command with this gateway's address and gives its exit code. */
  int run(String... args) {
    CommandLine line = BusbarCli.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    List<String> all = new java.util.ArrayList<>(List.of(args));
    all.add("--url");
    all.add("http://" + address());
    return line.execute(all.toArray(String[]::new));
  }

  List<String> asked() {
    return asked;
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  @Override
  public void close() throws Exception {
    port.close();
  }
}
