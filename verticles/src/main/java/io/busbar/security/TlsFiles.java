package io.busbar.security;

import java.nio.file.Path;
import java.util.Objects;

/**
 * PEM files of one port.
 *
 * @param cert certificate chain, the port's own first
 * @param key private key of that certificate, PKCS#8 or PKCS#1, not encrypted
 * @param ca certificates that sign clients, null = none asked for
 * @param clientAuth whether a client must show a certificate
 */
public record TlsFiles(Path cert, Path key, Path ca, ClientCertificate clientAuth) {

  /** What the port asks of a client. */
  public enum ClientCertificate {
    NONE,
    REQUEST,
    REQUIRED
  }

  public TlsFiles {
    Objects.requireNonNull(cert, "cert");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(clientAuth, "clientAuth");
    if (clientAuth != ClientCertificate.NONE && ca == null) {
      throw new IllegalArgumentException("ca: none, expected a file when client-auth is not none");
    }
  }
}
