package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.busbar.testing.RawHttp2;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same port with TLS and ALPN. */
class TlsTest {
  private final RunnerRig rig = new RunnerRig();

  @BeforeEach
  void start() throws Exception {
    X509Bundle self =
        new CertificateBuilder()
            .subject("CN=localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    rig.customizer =
        http ->
            http.setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(self.getCertificatePEM()))
                        .setKeyValue(Buffer.buffer(self.getPrivateKeyPEM())));
    rig.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void aCallGoesThroughOverTls() {
    try (FakeFnLb lb =
        new FakeFnLb(
            rig.vertx,
            "127.0.0.1",
            rig.front.port(),
            true,
            o -> o.setUseAlpn(true).setTrustAll(true).setVerifyHost(false))) {
      FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
      rig.calls.next().respond(200).succeed();
      assertTrue(engage.end().finished().getSuccess());
    }
  }

  @Test
  void schemeHttpIsToleratedOverTls() {
    NetClientOptions tls =
        new NetClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setTrustAll(true)
            .setHostnameVerificationAlgorithm("")
            .setApplicationLayerProtocols(List.of("h2"));
    try (RawHttp2 client = new RawHttp2(rig.vertx, rig.front.port(), tls)) {
      client.open("/RunnerProtocol/Nope", "http");
      RawHttp2.Frame answer = client.next(RawHttp2.HEADERS);
      assertEquals("12", String.valueOf(answer.headers().get("grpc-status")));
    }
  }
}
