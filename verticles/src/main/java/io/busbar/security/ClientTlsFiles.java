package io.busbar.security;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * PEM files for dialling a peer with TLS.
 *
 * @param ca authorities that may have signed the peer's certificate, null = those of the JVM
 * @param cert certificate to show, null = none
 * @param key its private key, null = none
 * @param verifyHost whether the peer's certificate must name the host that was dialled
 */
public record ClientTlsFiles(Path ca, Path cert, Path key, boolean verifyHost) {
  private static final long HANDSHAKE_SECONDS = 10;

  public ClientTlsFiles {
    if ((cert == null) != (key == null)) {
      throw new IllegalArgumentException("cert and key: one of them, expected both or none");
    }
  }

  /**
   * Reads and checks the files. Blocks: not for event loops.
   *
   * @throws TlsFileException naming the file and what is wrong with it
   */
  public ClientSSLOptions read() {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setUseAlpn(true);
    options.setApplicationLayerProtocols(List.of("h2"));
    options.setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
    options.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
    options.setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    options.setHostnameVerificationAlgorithm(verifyHost ? "HTTPS" : "");
    if (ca != null) {
      Buffer authorities = TlsMaterial.read(ca);
      PemCheck.certificates(ca, authorities);
      options.setTrustOptions(new PemTrustOptions().addCertValue(authorities));
    }
    if (cert != null) {
      Buffer shown = TlsMaterial.read(cert);
      Buffer secret = TlsMaterial.read(key);
      PemCheck.pair(new TlsFiles(cert, key, ca, TlsFiles.ClientCertificate.NONE), shown, secret);
      options.setKeyCertOptions(new PemKeyCertOptions().addCertValue(shown).addKeyValue(secret));
    }
    return options;
  }
}
