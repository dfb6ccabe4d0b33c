package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whose certificates a gateway may show, and what to say when it shows another.
 *
 * @param ca PEM file of authorities, null = those that the JVM knows
 */
record Trust(Path ca) {
  /**
   * Reads the file once.
   *
   * @throws CliException when it cannot be read or has no certificate
   */
  Trust {
    if (ca != null) {
      certificates(ca);
    }
  }

  private static List<Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<Certificate> found =
          new ArrayList<>(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(file);
    }
    throw unusable(file);
  }

  private static CliException unusable(Path file) {
    return new CliException(
        ExitCode.USAGE, "--ca names " + file + ", expected a readable PEM file of certificates");
  }

  /** For Java's own client; null = its default. */
  SSLContext context() {
    if (ca == null) {
      return null;
    }
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate authority : certificates(ca)) {
        store.setCertificateEntry("ca-" + number++, authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new CliException(ExitCode.FAILED, "no TLS with " + ca + ": " + e.getMessage());
    }
  }

  /** What to add to a message about a connection that failed; empty when TLS is not the reason. */
  static String advice(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SSLException || t instanceof GeneralSecurityException) {
        return "; if a private authority signed its certificate, name that one with --ca FILE";
      }
    }
    return "";
  }
}
