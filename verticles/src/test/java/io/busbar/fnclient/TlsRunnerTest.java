package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.FailureCode;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runners over TLS, and runners that want a certificate of the gateway: section 5.6. */
class TlsRunnerTest {
  private final RunnerStage stage = new RunnerStage();
  private X509Bundle authority;
  private X509Bundle stranger;

  @BeforeEach
  void open() throws Exception {
    authority = authority("CN=authority");
    stranger = authority("CN=stranger");
    stage.pool = PoolOptionsFor.queueTimeout(500);
    stage.open();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static X509Bundle authority(String name) throws Exception {
    return new CertificateBuilder().subject(name).setIsCertificateAuthority(true).buildSelfSigned();
  }

  private PemKeyCertOptions issue(X509Bundle by, String name) throws Exception {
    X509Bundle one =
        new CertificateBuilder().subject("CN=" + name).addSanDnsName(name).buildIssuedBy(by);
    return new PemKeyCertOptions()
        .setCertValue(Buffer.buffer(one.getCertificatePEM()))
        .setKeyValue(Buffer.buffer(one.getPrivateKeyPEM()));
  }

  private static PemTrustOptions trust(X509Bundle authority) {
    return new PemTrustOptions().addCertValue(Buffer.buffer(authority.getCertificatePEM()));
  }

  private ScriptedRunner runner(boolean mutual) throws Exception {
    PemKeyCertOptions own = issue(authority, "runner.example");
    return ScriptedRunner.start(
        stage.vertx,
        RunnerScripts::echo,
        options -> {
          HttpServerOptions tls = options.setSsl(true).setUseAlpn(true).setKeyCertOptions(own);
          return mutual
              ? tls.setClientAuth(ClientAuth.REQUIRED).setTrustOptions(trust(authority))
              : tls;
        });
  }

  private RunnerStage.Answer call(ScriptedRunner runner, String name, ClientSSLOptions tls) {
    stage.attach(new RunnerTarget(RunnerStage.POOL, "r", runner.host(), runner.port(), name, tls));
    return await(stage.call(Buffer.buffer("body")));
  }

  @Test
  void aRunnerIsCalledOverTls() throws Exception {
    ScriptedRunner runner = runner(false);
    RunnerStage.Answer answer =
        call(runner, "runner.example", new ClientSSLOptions().setTrustOptions(trust(authority)));
    assertTrue(answer.whole(), answer::toString);
    assertTrue(runner.calls().get(0).request().isSSL());
  }

  @Test
  void aRunnerMaySeeACertificateOfTheGateway() throws Exception {
    RunnerStage.Answer answer =
        call(
            runner(true),
            "runner.example",
            new ClientSSLOptions()
                .setTrustOptions(trust(authority))
                .setKeyCertOptions(issue(authority, "gateway.example")));
    assertTrue(answer.whole(), answer::toString);
  }

  @Test
  void withoutTheCertificateItWantsTheRunnerIsUnavailable() throws Exception {
    assertUnavailable(
        call(
            runner(true),
            "runner.example",
            new ClientSSLOptions().setTrustOptions(trust(authority))));
  }

  @Test
  void aCertificateOfAStrangerIsRefused() throws Exception {
    assertUnavailable(
        call(
            runner(false),
            "runner.example",
            new ClientSSLOptions().setTrustOptions(trust(stranger))));
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    assertUnavailable(
        call(
            runner(false),
            "other.example",
            new ClientSSLOptions().setTrustOptions(trust(authority))));
  }

  private void assertUnavailable(RunnerStage.Answer answer) {
    assertFalse(answer.whole());
    assertEquals(FailureCode.UNAVAILABLE, answer.end().failure().code());
    assertTrue(answer.end().failure().retrySafe());
    assertFalse(stage.watcher.dialFailures.isEmpty());
  }
}
