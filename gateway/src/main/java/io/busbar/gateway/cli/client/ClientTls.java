package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Whose certificates a gateway may show, which one it is shown, and what to say when one of them is
 * not what is expected.
 *
 * @param ca PEM file of authorities, null = those that the JVM knows
 * @param cert PEM file of the own certificate chain, null = none is shown
 * @param key PEM file of its private key (PKCS#8), null = none
 */
record ClientTls(Path ca, Path cert, Path key) {
  /** The JVM's authorities, no certificate of its own. */
  static final ClientTls PLAIN = new ClientTls(null, null, null);

  /**
   * Reads the files once.
   *
   * @throws CliException when one cannot be read or is not what is expected
   */
  ClientTls {
    if ((cert == null) != (key == null)) {
      throw new CliException(
          ExitCode.USAGE,
          "--cert and --cert-key belong together, "
              + (cert == null ? "--cert" : "--cert-key")
              + " is missing");
    }
    if (ca != null) {
      certificates("--ca", ca);
    }
    if (cert != null) {
      certificates("--cert", cert);
      pair(cert, key);
    }
  }

  private static void certificates(String option, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!found.isEmpty()) {
        return;
      }
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(option, file, "of certificates");
    }
    throw unusable(option, file, "of certificates");
  }

  private static void pair(Path cert, Path key) {
    try {
      builder().keyManager(cert.toFile(), key.toFile()).build();
    } catch (SSLException | IllegalArgumentException e) {
      throw unusable(
          "--cert-key", key, "with the private key of " + cert + " (PKCS#8, no password)");
    }
  }

  private static CliException unusable(String option, Path file, String expected) {
    return new CliException(
        ExitCode.USAGE, option + " names " + file + ", expected a readable PEM file " + expected);
  }

  private static SslContextBuilder builder() {
    return SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
  }

  /** For Java's own client; null = its default. */
  SSLContext context() {
    if (ca == null && cert == null) {
      return null;
    }
    SslContextBuilder builder = builder();
    if (ca != null) {
      builder.trustManager(ca.toFile());
    }
    if (cert != null) {
      builder.keyManager(cert.toFile(), key.toFile());
    }
    try {
      return ((JdkSslContext) builder.build()).context();
    } catch (SSLException e) {
      throw new CliException(ExitCode.FAILED, "no TLS: " + e.getMessage());
    }
  }

  /** For Vert.x's client. */
  void into(HttpClientOptions options) {
    if (ca != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString()));
    }
    if (cert != null) {
      options.setKeyCertOptions(
          new PemKeyCertOptions().addCertPath(cert.toString()).addKeyPath(key.toString()));
    }
  }

  /** What to add to a message about a connection that failed; empty when TLS is not the reason. */
  static String advice(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SSLException || t instanceof GeneralSecurityException) {
        return asksForOne(t)
            ? "; it asks for a certificate, name yours with --cert FILE --cert-key FILE"
            : "; if a private authority signed its certificate, name that one with --ca FILE";
      }
    }
    return "";
  }

  /** The alert of a server that got no certificate, or one that it does not take. */
  private static boolean asksForOne(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("received fatal alert")
        && (text.contains("certificate_required") || text.contains("bad_certificate"));
  }
}
