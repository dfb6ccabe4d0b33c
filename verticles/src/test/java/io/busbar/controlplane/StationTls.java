package io.busbar.controlplane;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Set;

/**
 * Certificates of one station.
 *
 * @param own what it shows; null = none
 * @param dial the same for calls
 */
record StationTls(TlsMode mode, X509Bundle authority, X509Bundle own, ClientSSLOptions dial) {
  static final StationTls OFF = new StationTls(TlsMode.OFF, null, null, null);

  static X509Bundle newAuthority() throws Exception {
    return new CertificateBuilder()
        .subject("CN=authority")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  /** A station whose certificate names one IP address. */
  static StationTls of(TlsMode mode, X509Bundle authority, String address) throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .subject("CN=host")
            .addSanIpAddress(address)
            .buildIssuedBy(authority);
    ClientSSLOptions dial = new ClientSSLOptions();
    dial.setKeyCertOptions(keyCert(own)).setTrustOptions(trust(authority));
    dial.setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
    return new StationTls(mode, authority, own, dial);
  }

  HttpServerOptions applyTo(HttpServerOptions options) {
    return own == null
        ? options
        : options
            .setSsl(true)
            .setUseAlpn(true)
            .setKeyCertOptions(keyCert(own))
            .setTrustOptions(trust(authority))
            .setClientAuth(ClientAuth.REQUIRED);
  }

  private static PemKeyCertOptions keyCert(X509Bundle bundle) {
    return new PemKeyCertOptions()
        .setCertValue(Buffer.buffer(bundle.getCertificatePathPEM()))
        .setKeyValue(Buffer.buffer(bundle.getPrivateKeyPEM()));
  }

  private static PemTrustOptions trust(X509Bundle authority) {
    return new PemTrustOptions().addCertValue(Buffer.buffer(authority.getCertificatePEM()));
  }
}
