package io.busbar.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.security.TlsFiles.ClientCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes against a listening server. */
class TlsPortTest {

  private static final class FakeObserver implements TlsObserver {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void reloaded(String port, Instant expires) {
      events.add("reloaded " + port);
    }

    @Override
    public void refused(String port, String why) {
      events.add("refused " + port + " " + why);
    }

    String next() throws InterruptedException {
      String event = events.poll(90, TimeUnit.SECONDS);
      assertTrue(event != null, "nothing was reported");
      return event;
    }

    void await(String event) throws InterruptedException {
      for (String seen = next(); !seen.equals(event); seen = next()) {
        assertTrue(seen.startsWith("refused"), seen);
      }
    }
  }

  @TempDir private Path directory;
  private final FakeObserver observer = new FakeObserver();
  private TestAuthority authority;
  private Vertx vertx;
  private TlsReloader reloader;

  @BeforeEach
  void open() throws Exception {
    authority = new TestAuthority(directory.resolve("tls"), "test authority");
    vertx = Vertx.vertx();
    reloader = new TlsReloader(observer);
  }

  @AfterEach
  void close() throws Exception {
    reloader.close();
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private HttpServer listen(TlsPort port) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(port.applyTo(new HttpServerOptions().setHost("127.0.0.1").setPort(0)))
            .requestHandler(request -> request.response().end(request.version().name()));
    await(server.listen());
    port.follow(server);
    return server;
  }

  private HttpClientOptions trusting() {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setTrustOptions(new PemTrustOptions().addCertPath(authority.ca().toString()));
  }

  private HttpClientOptions showing(HttpClientOptions options, TlsFiles files) {
    return options.setKeyCertOptions(
        new PemKeyCertOptions()
            .addCertPath(files.cert().toString())
            .addKeyPath(files.key().toString()));
  }

  /** The body, and the common name of the certificate that the server showed. */
  private record Answer(String body, String subject) {}

  private Answer get(HttpServer server, HttpClientOptions options) throws Exception {
    HttpClientAgent client = vertx.createHttpClient(options);
    try {
      return await(
          client
              .request(HttpMethod.GET, server.actualPort(), "localhost", "/")
              .compose(
                  request ->
                      request
                          .send()
                          .compose(
                              response ->
                                  response
                                      .body()
                                      .map(
                                          body -> new Answer(body.toString(), subject(request))))));
    } finally {
      await(client.close());
    }
  }

  private static String subject(io.vertx.core.http.HttpClientRequest request) {
    try {
      return ((X509Certificate) request.connection().peerCertificates().get(0))
          .getSubjectX500Principal()
          .getName();
    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aClientThatTrustsTheAuthorityIsServedOverHttp2() throws Exception {
    HttpServer server =
        listen(reloader.open("http", authority.issue("one", ClientCertificate.NONE)));
    assertEquals(new Answer("HTTP_2", "CN=one"), get(server, trusting()));
  }

  @Test
  void aClientWithoutACertificateIsRefusedWhereOneIsRequired() throws Exception {
    HttpServer server =
        listen(reloader.open("http", authority.issue("one", ClientCertificate.REQUIRED)));
    assertThrows(ExecutionException.class, () -> get(server, trusting()));
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() throws Exception {
    TlsFiles stranger =
        new TestAuthority(directory.resolve("other"), "other")
            .issue("stranger", ClientCertificate.NONE);
    HttpServer server =
        listen(reloader.open("http", authority.issue("one", ClientCertificate.REQUIRED)));
    assertThrows(ExecutionException.class, () -> get(server, showing(trusting(), stranger)));
  }

  @Test
  void aClientOfTheAuthorityIsServedWhereOneIsRequired() throws Exception {
    HttpServer server =
        listen(reloader.open("http", authority.issue("one", ClientCertificate.REQUIRED)));
    TlsFiles client = authority.issue("client", ClientCertificate.NONE);
    assertEquals("CN=one", get(server, showing(trusting(), client)).subject());
  }

  @Test
  void clearTextIsNotServed() throws Exception {
    HttpServer server =
        listen(reloader.open("http", authority.issue("one", ClientCertificate.NONE)));
    HttpClientOptions clear = new HttpClientOptions();
    HttpClientAgent client = vertx.createHttpClient(clear);
    Future<String> answer =
        client
            .request(HttpMethod.GET, server.actualPort(), "localhost", "/")
            .compose(request -> request.send().map(response -> "served"));
    assertThrows(ExecutionException.class, () -> await(answer));
    await(client.close());
  }

  @Test
  void aRenewedCertificateIsServedWithoutARestart() throws Exception {
    TlsFiles files = authority.issue("one", ClientCertificate.NONE);
    HttpServer server = listen(reloader.open("http", files));
    assertEquals("CN=one", get(server, trusting()).subject());
    TlsFiles renewed = authority.issue("two", ClientCertificate.NONE);
    Files.copy(renewed.key(), files.key(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.copy(renewed.cert(), files.cert(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    observer.await("reloaded http");
    Answer answer = get(server, trusting());
    for (int i = 0; i < 100 && answer.subject().equals("CN=one"); i++) {
      answer = get(server, trusting());
    }
    assertEquals(new Answer("HTTP_2", "CN=two"), answer);
  }

  @Test
  void aBrokenFileLeavesTheOldCertificateInPlace() throws Exception {
    TlsFiles files = authority.issue("one", ClientCertificate.NONE);
    HttpServer server = listen(reloader.open("http", files));
    Files.writeString(files.cert(), "half a certifica");
    assertTrue(observer.next().startsWith("refused http " + files.cert()));
    assertEquals("CN=one", get(server, trusting()).subject());
  }

  @Test
  void filesSwappedBehindASymbolicLinkAreSeen() throws Exception {
    TlsFiles first =
        new TestAuthority(directory.resolve("v1"), "v1").issue("one", ClientCertificate.NONE);
    TlsFiles second =
        new TestAuthority(directory.resolve("v2"), "v2").issue("one", ClientCertificate.NONE);
    Path mount = Files.createDirectories(directory.resolve("mount"));
    Path data = Files.createSymbolicLink(mount.resolve("..data"), first.cert().getParent());
    for (String name : new String[] {"one.pem", "one.key"}) {
      Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
    }
    TlsPort port =
        reloader.open(
            "http",
            new TlsFiles(
                mount.resolve("one.pem"), mount.resolve("one.key"), null, ClientCertificate.NONE));
    Path next = Files.createSymbolicLink(mount.resolve("..tmp"), second.cert().getParent());
    Files.move(next, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    observer.await("reloaded http");
    assertTrue(
        port.material()
            .sameAs(
                TlsMaterial.read(
                    new TlsFiles(second.cert(), second.key(), null, ClientCertificate.NONE))));
  }
}
