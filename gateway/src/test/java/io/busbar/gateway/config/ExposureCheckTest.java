package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExposureCheckTest {

  private static final String KEYS =
      "security.api-keys=[{name: ops, key: very-secret-key, roles: [operate]}]";

  @Test
  void aFrontSideOpenToOthersWithoutProtectionIsRefused() {
    assertEquals(
        List.of(
            "--set http.host: '0.0.0.0', is not loopback; expected security.api-keys,"
                + " TLS or insecure: true to protect or allow it"),
        ConfigFixture.problemsOfSets("http.host=0.0.0.0"));
  }

  @Test
  void keysProtectHttp() {
    assertEquals("0.0.0.0", ConfigFixture.sets("http.host=0.0.0.0", KEYS).text("http.host"));
  }

  @Test
  void keysDoNotProtectAPortThatCannotCarryThem() {
    assertEquals(1, ConfigFixture.problemsOfSets("runner.host=0.0.0.0", KEYS).size());
  }

  @Test
  void permissionOpensAPort() {
    assertTrue(
        ConfigFixture.sets("runner.host=0.0.0.0", "runner.insecure=true")
            .front(Front.RUNNER)
            .insecure());
  }

  @Test
  void tlsProtectsAPort() {
    Config config =
        ConfigFixture.sets(
            "runner.host=0.0.0.0",
            "security.tls.runner={cert: a.pem, key: a.key, ca: ca.pem, client-auth: required}");
    assertTrue(config.front(Front.RUNNER).tls().isPresent());
  }

  @Test
  void aPortThatIsOffIsNotRefused() {
    assertFalse(
        ConfigFixture.sets("runner.host=0.0.0.0", "runner.enabled=false")
            .front(Front.RUNNER)
            .enabled());
  }

  @Test
  void clusterAndBusNeedBusTlsOrATrustedNetwork() {
    String[] open = {"cluster.host=0.0.0.0", "bus.host=0.0.0.0", ""};
    assertEquals(2, ConfigFixture.problemsOfSets(open[0], open[1]).size());
    open[2] = "cluster.trusted-network=true";
    assertTrue(ConfigFixture.sets(open).cluster().trustedNetwork());
    open[2] = "bus.tls={cert: a, key: b, ca: c}";
    assertTrue(ConfigFixture.sets(open).bus().tls().isPresent());
  }

  @Test
  void halfATlsGroupIsRefused() {
    assertEquals(
        List.of(
            "--set bus.tls.cert: bus.tls.key: missing, expected a file since bus.tls.cert is set",
            "--set bus.tls.cert: bus.tls.ca: missing, expected a file since bus.tls.cert is set"),
        ConfigFixture.problemsOfSets("bus.tls.cert=a.pem"));
    assertEquals(
        List.of(
            "--set security.tls.http.client-auth: security.tls.http.ca: missing, expected a file"
                + " since security.tls.http.client-auth is set"),
        ConfigFixture.problemsOfSets("security.tls.http.client-auth=required"));
  }

  @Test
  void mutualTlsOfTheControlPlaneNeedsACertificateAndThoseOfItsClients() {
    List<String> problems = ConfigFixture.problemsOfSets("control-plane.tls=required");
    assertEquals(2, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("security.tls.control-plane.cert"), problems.get(0));
    assertTrue(problems.get(1).contains("security.tls.control-plane.client-auth"), problems.get(1));
  }
}
