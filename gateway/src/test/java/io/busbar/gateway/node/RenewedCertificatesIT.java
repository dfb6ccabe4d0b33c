package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gocart.wire.ControlPlaneGrpcClient;
import io.busbar.gocart.wire.Empty;
import io.busbar.gocart.wire.PingReply;
import io.busbar.security.TestAuthority;
import io.busbar.security.TlsFiles;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.io.DataInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real node whose ports have TLS: certificates replaced while it runs, and the command line. */
class RenewedCertificatesIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SETTINGS = 4;
  private static final int PING = 6;

  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static NodeProcess node;

  @BeforeAll
  static void start() throws Exception {
    authority = new TestAuthority(directory.resolve("tls"), "clients trust this");
    List<String> arguments = new ArrayList<>(List.of("--plugin", "echo"));
    for (String front : List.of("http", "runner")) {
      TlsFiles files = authority.issue(front, TlsFiles.ClientCertificate.NONE);
      arguments.addAll(
          List.of(
              "--set",
              "security.tls." + front + ".cert=" + files.cert(),
              "--set",
              "security.tls." + front + ".key=" + files.key()));
    }
    TlsFiles files = authority.issue("control-plane", TlsFiles.ClientCertificate.REQUIRED);
    for (String setting :
        List.of(
            "security.tls.control-plane.cert=" + files.cert(),
            "security.tls.control-plane.key=" + files.key(),
            "security.tls.control-plane.ca=" + files.ca(),
            "security.tls.control-plane.client-auth=required",
            "control-plane.tls=permissive",
            "control-plane.tls-port=0")) {
      arguments.addAll(List.of("--set", setting));
    }
    node = NodeProcess.start("a", directory, arguments.toArray(String[]::new));
  }

  @AfterAll
  static void end() {
    node.close();
  }

  private static SSLSocket connect(String front, String protocol) throws Exception {
    String[] address = node.ready().get(front).split(":");
    return connect(address[0], Integer.parseInt(address[1]), protocol);
  }

  private static SSLSocket connect(String host, int port, String protocol) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream ca = Files.newInputStream(authority.ca())) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(ca));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
    socket.setSoTimeout(60_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** One Ping of the control plane, in clear text, or with the files as certificate. */
  private static PingReply ping(int port, TlsFiles files) throws Exception {
    Vertx vertx = Vertx.vertx();
    HttpClientOptions http =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    if (files != null) {
      http.setSsl(true)
          .setUseAlpn(true)
          .setTrustOptions(new PemTrustOptions().addCertPath(files.ca().toString()))
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .addCertPath(files.cert().toString())
                  .addKeyPath(files.key().toString()));
    }
    GrpcClient client = GrpcClient.client(vertx, http);
    try {
      return client
          .request(SocketAddress.inetSocketAddress(port, "127.0.0.1"), ControlPlaneGrpcClient.Ping)
          .compose(
              request -> {
                request.end(Empty.getDefaultInstance());
                return request.response().compose(response -> response.last());
              })
          .toCompletionStage()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    } finally {
      client
          .close()
          .eventually(() -> vertx.close())
          .toCompletionStage()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    }
  }

  private static X509Certificate shown(SSLSocket socket) throws Exception {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private static void newConnectionsSeeAnotherThan(X509Certificate old, String front, String alpn) {
    Eventually.passes(
        LONG,
        node::log,
        () -> {
          try (SSLSocket now = connect(front, alpn)) {
            assertNotEquals(old, shown(now));
          }
        });
  }

  @Test
  void theHttpPortShowsARenewedCertificateAndOldConnectionsGoOn() throws Exception {
    try (SSLSocket old = connect("http", "http/1.1")) {
      assertEquals(200, answer(old));

      authority.issue("http", TlsFiles.ClientCertificate.NONE);

      newConnectionsSeeAnotherThan(shown(old), "http", "http/1.1");
      assertEquals(200, answer(old));
    }
  }

  /** One call on that connection, which stays open. */
  private static int answer(SSLSocket socket) throws Exception {
    socket
        .getOutputStream()
        .write("GET /v1/nodes HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    String length =
        head.toString()
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .findFirst()
            .orElseThrow();
    in.readFully(new byte[Integer.parseInt(length.substring(15).trim())]);
    return Integer.parseInt(head.substring(9, 12));
  }

  @Test
  void theRunnerPortShowsARenewedCertificateAndOldConnectionsGoOn() throws Exception {
    try (SSLSocket old = connect("runner", "h2")) {
      assertEquals("h2", old.getApplicationProtocol());
      old.getOutputStream().write(PREFACE);
      old.getOutputStream().write(frame(SETTINGS, 0));

      authority.issue("runner", TlsFiles.ClientCertificate.NONE);

      newConnectionsSeeAnotherThan(shown(old), "runner", "h2");
      old.getOutputStream().write(frame(PING, 8));
      DataInputStream in = new DataInputStream(old.getInputStream());
      int type;
      do {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        type = in.readUnsignedByte();
        in.readFully(new byte[5 + length]);
      } while (type != PING);
    }
  }

  @Test
  void theControlPlaneTakesPeersWithCertificatesAndShowsARenewedOne() throws Exception {
    String[] clear = node.ready().get("control-plane").split(":");
    int port = ping(Integer.parseInt(clear[1]), null).getTlsPort();
    TlsFiles peer = authority.issue("peer", TlsFiles.ClientCertificate.REQUIRED);
    assertEquals(node.ready().get("control-plane"), ping(port, peer).getHost());
    TestAuthority strangers = new TestAuthority(directory.resolve("strangers"), "nobody's");
    TlsFiles stranger = strangers.issue("peer", TlsFiles.ClientCertificate.REQUIRED);
    TlsFiles disguised =
        new TlsFiles(stranger.cert(), stranger.key(), peer.ca(), peer.clientAuth());
    assertThrows(ExecutionException.class, () -> ping(port, disguised));

    try (SSLSocket old = connect(clear[0], port, "h2")) {
      X509Certificate first = shown(old);
      authority.issue("control-plane", TlsFiles.ClientCertificate.REQUIRED);
      Eventually.passes(
          LONG,
          node::log,
          () -> {
            try (SSLSocket now = connect(clear[0], port, "h2")) {
              assertNotEquals(first, shown(now));
            }
          });
    }
    assertEquals(node.ready().get("control-plane"), ping(port, peer).getHost());
  }

  /** An HTTP/2 frame of the connection, with a payload of zeros. */
  private static byte[] frame(int type, int length) {
    byte[] frame = new byte[9 + length];
    frame[2] = (byte) length;
    frame[3] = (byte) type;
    return frame;
  }

  @Test
  void theCommandLineCallsOverHttps() throws Exception {
    String url = "https://" + node.ready().get("http");

    String[] trusting = {"--url", url, "--ca", authority.ca().toString()};
    assertEquals("hello", run(0, "call", "echo", "--data", "hello", trusting));
    assertTrue(run(0, "node", "list", "-o", "json", trusting).contains("\"a\""));
    String refused = run(3, "call", "echo", "--data", "hello", new String[] {"--url", url});
    assertTrue(refused.contains("--ca"), refused);
  }

  /** Output of a command that must end with that code. */
  private static String run(
      int code, String noun, String first, String second, String third, String[] more)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
            "-cp",
            System.getProperty("java.class.path"),
            "io.busbar.gateway.Main",
            noun,
            first,
            second,
            third));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
    assertEquals(code, process.exitValue(), output);
    return output;
  }
}
