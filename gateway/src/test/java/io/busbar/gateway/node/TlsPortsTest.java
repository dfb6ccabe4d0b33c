package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.security.TestAuthority;
import io.busbar.security.TlsFiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the meters tell of the certificates in use. */
class TlsPortsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  @TempDir private Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TestAuthority authority;
  private TlsFiles files;

  @BeforeEach
  void issue() throws Exception {
    authority = new TestAuthority(directory, "ca");
    files = issue(Duration.ofDays(10));
  }

  private TlsFiles issue(Duration life) throws Exception {
    return authority.issue("http", TlsFiles.ClientCertificate.NONE, Instant.now().plus(life));
  }

  private Config config() {
    return ConfigLoader.load(
        ConfigSources.NONE
            .withEnvironment(Map.of("HOSTNAME", "box"))
            .withSets(
                "security.tls.http.cert=" + files.cert(), "security.tls.http.key=" + files.key()));
  }

  private double daysLeft() {
    return meters.get("busbar.tls.expires.seconds").tag("port", "http").gauge().value() / 86_400;
  }

  private void await(String result) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (meters.find("busbar.tls.reloads").tag("result", result).counter() == null) {
      assertTrue(System.nanoTime() < end, "waited for too long");
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void expiryIsThatOfTheCertificateInUse() throws Exception {
    try (TlsPorts ports = TlsPorts.open(config(), meters)) {
      assertEquals(10, daysLeft(), 0.1);
      files = issue(Duration.ofDays(20));
      await("reloaded");
      assertEquals(20, daysLeft(), 0.1);
    }
  }

  @Test
  void aRenewalThatIsNoUseIsCountedAndTheOldCertificateStays() throws Exception {
    try (TlsPorts ports = TlsPorts.open(config(), meters)) {
      Files.writeString(files.cert(), "no certificate");
      await("refused");
      assertEquals(10, daysLeft(), 0.1);
    }
  }
}
