package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code busbar call}. */
@Command(
    name = "call",
    description = "Calls a worker of a pool; its answer goes to stdout as it comes.",
    footer = {
      "",
      "Examples:",
      "  busbar call echo --data hello",
      "  busbar call thumbnail --data @photo.png > small.png",
      "  tail -f log | busbar call wordcount --data -"
    })
public final class CallCommand implements Callable<Integer> {
  @Mixin private GatewayOptions gateway;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "POOL", description = "Name of the pool.")
  private String pool;

  @Option(
      names = {"-d", "--data"},
      paramLabel = "TEXT|@FILE|-",
      description = "Request body: a text, a file, or stdin as it comes (default: empty).")
  private String data = "";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME=VALUE",
      description = "A request header; may be given more than once.")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(names = "--affinity", paramLabel = "KEY", description = "Prefers one worker per key.")
  private String affinity;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Time until the end of the call, like 500ms, 30s, 5m.")
  private String timeout;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "Whose share of the queue it uses.")
  private String tenant;

  @Option(names = "--priority", paramLabel = "N", description = "Larger is sooner (default 0).")
  private Integer priority;

  @Option(names = "--detached", description = "Does not wait for the answer; prints the call's id.")
  private boolean detached;

  @Option(
      names = {"-v", "--verbose"},
      description = "Status, headers and the call's id on stderr.")
  private boolean verbose;

  @Override
  public Integer call() throws IOException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (timeout != null) {
      all.put("Busbar-Timeout", Spans.checked(timeout, "--timeout", spec.commandLine()));
    }
    put(all, "Busbar-Affinity", affinity);
    put(all, "Busbar-Tenant", tenant);
    put(all, "Busbar-Priority", priority);
    put(all, "X-Api-Key", gateway.apiKey());
    if (detached) {
      all.put("Busbar-Detached", "true");
    }
    ByteArrayOutputStream accepted = new ByteArrayOutputStream();
    OutputStream out = detached ? accepted : System.out;
    StreamedCall call = new StreamedCall(gateway.uri(), gateway.tls(), pool, all, out);
    if (verbose) {
      call.tellHead(spec.commandLine().getErr(), gateway.json());
    }
    int code;
    try (Body body = body()) {
      code = call.run(body.stream(), body.length());
    }
    if (detached) {
      tellId(new JsonObject(accepted.toString(StandardCharsets.UTF_8)));
    }
    return code;
  }

  private void tellId(JsonObject accepted) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(gateway.json() ? accepted.encode() : accepted.getString("call_id"));
    out.flush();
  }

  private static void put(Map<String, String> to, String name, Object value) {
    if (value != null) {
      to.put(name, value.toString());
    }
  }

  /** -1 = length not known. */
  private record Body(InputStream stream, long length) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (length >= 0) {
        stream.close();
      }
    }
  }

  private Body body() throws IOException {
    if (data.equals("-")) {
      return new Body(System.in, -1);
    }
    if (data.startsWith("@")) {
      Path file = Path.of(data.substring(1));
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new CliException(
            ExitCode.USAGE,
            "--data names "
                + file
                + ", which cannot be read"
                + (data.equals("@-") ? "; stdin is --data -" : ""));
      }
      return new Body(Files.newInputStream(file), Files.size(file));
    }
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return new Body(new ByteArrayInputStream(bytes), bytes.length);
  }
}
