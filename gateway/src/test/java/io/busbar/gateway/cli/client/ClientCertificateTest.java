package io.busbar.gateway.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.security.TestAuthority;
import io.busbar.security.TlsFiles;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands against a gateway that asks its clients for a certificate. */
class ClientCertificateTest {
  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final StringWriter err = new StringWriter();
  private TlsFiles client;
  private String url;

  @BeforeEach
  void open() throws Exception {
    TestAuthority authority = new TestAuthority(directory, "one for both");
    TlsFiles server = authority.issue("server", TlsFiles.ClientCertificate.NONE);
    client = authority.issue("client", TlsFiles.ClientCertificate.NONE);
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setClientAuth(ClientAuth.REQUIRED)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertPath(server.cert().toString())
                    .addKeyPath(server.key().toString()))
            .setTrustOptions(new PemTrustOptions().addCertPath(server.ca().toString()));
    int port =
        vertx
            .createHttpServer(options)
            .requestHandler(request -> request.response().end("{\"nodes\": []}"))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS)
            .actualPort();
    url = "https://127.0.0.1:" + port;
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private int run(List<String> command, Object... options) {
    CommandLine line = BusbarCli.commandLine();
    line.setErr(new PrintWriter(err));
    line.setOut(new PrintWriter(new StringWriter()));
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--url", url));
    for (Object option : options) {
      all.add(option.toString());
    }
    return line.execute(all.toArray(String[]::new));
  }

  @Test
  void aQuestionShowsTheNamedCertificate() {
    int code =
        run(
            List.of("node", "list"),
            "--ca",
            client.ca(),
            "--cert",
            client.cert(),
            "--cert-key",
            client.key());
    assertEquals(ExitCode.OK, code, err::toString);
  }

  @Test
  void aCallShowsTheNamedCertificate() {
    int code =
        run(
            List.of("call", "echo"),
            "--ca",
            client.ca(),
            "--cert",
            client.cert(),
            "--cert-key",
            client.key());
    assertEquals(ExitCode.OK, code, err::toString);
  }

  @Test
  void whoHasNoneIsToldWhichOptionNamesIt() {
    assertEquals(ExitCode.UNREACHABLE, run(List.of("node", "list"), "--ca", client.ca()));
    assertTrue(err.toString().contains("--cert FILE --cert-key FILE"), err::toString);
  }

  @Test
  void aCertificateWithoutItsKeyIsWrongUsage() throws Exception {
    assertEquals(ExitCode.USAGE, run(List.of("node", "list"), "--cert", client.cert()));
    assertTrue(err.toString().contains("--cert-key is missing"), err::toString);
    Path other = Files.writeString(directory.resolve("no.key"), "nothing");
    assertEquals(
        ExitCode.USAGE, run(List.of("node", "list"), "--cert", client.cert(), "--cert-key", other));
    assertTrue(err.toString().contains("--cert-key names " + other), err::toString);
  }
}
