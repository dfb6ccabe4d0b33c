package io.busbar.security;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Certificate, key and authorities of one port, read once and checked to belong together. Immutable
 * and thread-safe.
 */
public final class TlsMaterial {

  private static final int MAX_FILE = 1 << 20;
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");
  private static final long HANDSHAKE_SECONDS = 10;

  private final Buffer cert;
  private final Buffer key;
  private final Buffer ca;
  private final ClientAuth clientAuth;
  private final Instant expires;
  private final List<String> warnings;
  private final ClientSSLOptions clientOptions;

  private TlsMaterial(TlsFiles files) {
    cert = read(files.cert());
    key = read(files.key());
    ca = files.ca() == null ? null : read(files.ca());
    clientAuth = ClientAuth.valueOf(files.clientAuth().name());
    expires = PemCheck.pair(files, cert, key);
    if (ca != null) {
      PemCheck.certificates(files.ca(), ca);
    }
    List<String> found = new ArrayList<>(PemCheck.permissions(files.key()));
    found.addAll(PemCheck.expiry(files.cert(), expires, Instant.now()));
    warnings = List.copyOf(found);
    clientOptions = dial();
  }

  /**
   * Reads and checks the files. Blocks: not for event loops.
   *
   * @throws TlsFileException naming the file and what is wrong with it
   */
  public static TlsMaterial read(TlsFiles files) {
    return new TlsMaterial(files);
  }

  /** What is odd but not wrong, one line each: loose permissions, an end that is near. */
  public List<String> warnings() {
    return warnings;
  }

  /** When the certificate ends. */
  public Instant expires() {
    return expires;
  }

  /** Turns TLS on in a server's options: TLS 1.2 and 1.3, ALPN, client certificates as asked. */
  public HttpServerOptions applyTo(HttpServerOptions options) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(keyCert())
        .setClientAuth(clientAuth)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    if (ca != null) {
      options.setTrustOptions(trust());
    }
    return options;
  }

  /**
   * Turns mutual TLS on in both directions of the event bus: a peer must show a certificate of the
   * same authority. Host names are not checked there, so the authority should sign nodes only. The
   * bus copies its options once, so that new files count from the next start.
   *
   * @throws IllegalStateException if there is no authority
   */
  public EventBusOptions applyTo(EventBusOptions options) {
    if (ca == null) {
      throw new IllegalStateException("mutual TLS needs an authority");
    }
    options
        .setSsl(true)
        .setTrustAll(false)
        .setClientAuth(ClientAuth.REQUIRED)
        .setKeyCertOptions(keyCert())
        .setTrustOptions(trust())
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    return options;
  }

  /**
   * For dialling peers of the same authority, that must be named by their certificates; the JVM's
   * authorities count if there is none. The same object for the same files; not to be changed.
   */
  public ClientSSLOptions clientOptions() {
    return clientOptions;
  }

  private ClientSSLOptions dial() {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setKeyCertOptions(keyCert()).setEnabledSecureTransportProtocols(PROTOCOLS);
    options.setHostnameVerificationAlgorithm("HTTPS");
    if (ca != null) {
      options.setTrustOptions(trust());
    }
    return options;
  }

  /** For a server that is already listening. */
  ServerSSLOptions serverOptions() {
    ServerSSLOptions options = new ServerSSLOptions();
    options.setKeyCertOptions(keyCert()).setEnabledSecureTransportProtocols(PROTOCOLS);
    options.setClientAuth(clientAuth).setSslHandshakeTimeout(HANDSHAKE_SECONDS);
    options.setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    if (ca != null) {
      options.setTrustOptions(trust());
    }
    return options;
  }

  boolean sameAs(TlsMaterial other) {
    return cert.equals(other.cert)
        && key.equals(other.key)
        && (ca == null ? other.ca == null : ca.equals(other.ca));
  }

  private PemKeyCertOptions keyCert() {
    return new PemKeyCertOptions().addCertValue(cert).addKeyValue(key);
  }

  private PemTrustOptions trust() {
    return new PemTrustOptions().addCertValue(ca);
  }

  static Buffer read(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE + 1);
      if (bytes.length > MAX_FILE) {
        Arrays.fill(bytes, (byte) 0);
        throw new TlsFileException(file, "expected a PEM file of at most 1 MiB");
      }
      return Buffer.buffer(bytes);
    } catch (IOException e) {
      throw new TlsFileException(
          file, "cannot be read (" + e.getClass().getSimpleName() + "), expected a PEM file");
    }
  }
}
