package io.busbar.gateway.node;

import static io.busbar.gateway.node.RunnerCluster.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.security.TestAuthority;
import io.busbar.security.TlsFiles;
import io.busbar.testing.FreePorts;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards Fn runners, and on the port of the Fn load balancer's surface. */
class TlsRunnersIT {
  @TempDir private Path directory;

  private final RunnerCluster cluster = new RunnerCluster();
  private TestAuthority authority;
  private TlsFiles gateway;

  @BeforeEach
  void open() throws Exception {
    authority = new TestAuthority(directory.resolve("one"), "both trust this");
    gateway = authority.issue("gateway", TlsFiles.ClientCertificate.NONE);
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  /** A runner that wants to see a certificate of the same authority. */
  private ScriptedRunner runner() throws Exception {
    TlsFiles own = authority.issue("runner", TlsFiles.ClientCertificate.REQUIRED);
    return cluster.runner(
        RunnerScripts::echo,
        options ->
            options
                .setSsl(true)
                .setUseAlpn(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(new PemTrustOptions().addCertPath(own.ca().toString()))
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertPath(own.cert().toString())
                        .addKeyPath(own.key().toString())));
  }

  private static String pool(ScriptedRunner runner, String tls) {
    return "{echo: {runners: [\""
        + address(runner)
        + "\"], queue-timeout: 1s, tls: {enabled: true, "
        + tls
        + "}}}";
  }

  @Test
  void aPoolsRunnersAreDialledWithItsCertificates() throws Exception {
    ScriptedRunner runner = runner();
    RunnerCluster.Member a =
        cluster.start(
            "a",
            pool(
                runner,
                "ca: %s, cert: %s, key: %s"
                    .formatted(gateway.ca(), gateway.cert(), gateway.key())));
    cluster.awaitWorkers(1);
    HttpResponse<String> answer = cluster.call(a, "echo", "hello");
    assertEquals("hello", answer.body());
    assertTrue(runner.calls().get(0).request().isSSL());
  }

  @Test
  void aRunnerOfAnotherAuthorityGetsNoCall() throws Exception {
    TestAuthority stranger = new TestAuthority(directory.resolve("two"), "nobody knows this");
    ScriptedRunner runner = runner();
    RunnerCluster.Member a =
        cluster.start(
            "a",
            pool(
                runner,
                "ca: %s, cert: %s, key: %s"
                    .formatted(stranger.ca(), gateway.cert(), gateway.key())));
    HttpResponse<String> answer = cluster.call(a, "echo", "hello");
    assertEquals(503, answer.statusCode(), answer.body());
    assertTrue(runner.calls().isEmpty());
  }

  @Test
  void theLoadBalancersPortAnswersOverTlsOnly() throws Exception {
    int port = FreePorts.one();
    TlsFiles files = authority.issue("fn-lb", TlsFiles.ClientCertificate.NONE);
    List<String> sets =
        List.of(
            "fn-lb.port=" + port,
            "fn-lb.functions=[{id: echo, app: demo}]",
            "routes=[{match: {fn_id: echo}, pool: echo}]",
            "security.tls.fn-lb.cert=" + files.cert(),
            "security.tls.fn-lb.key=" + files.key());
    List<String> arguments = new java.util.ArrayList<>(List.of("--plugin", "echo"));
    sets.forEach(set -> arguments.addAll(List.of("--set", set)));
    try (NodeProcess node = NodeProcess.start("a", directory, arguments.toArray(String[]::new))) {
      HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build();
      Eventually.passes(
          Duration.ofSeconds(60),
          node::log,
          () -> {
            HttpResponse<String> answer = invoke(client, "https", port);
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals("hello", answer.body());
          });
      assertThrows(IOException.class, () -> invoke(HttpClient.newHttpClient(), "https", port));
      assertThrows(IOException.class, () -> invoke(client, "http", port));
    }
  }

  private javax.net.ssl.SSLContext trusting() throws IOException {
    return ((JdkSslContext)
            SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(authority.ca().toFile())
                .build())
        .context();
  }

  private static HttpResponse<String> invoke(HttpClient client, String scheme, int port)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + "/invoke/echo"))
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString("hello"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
