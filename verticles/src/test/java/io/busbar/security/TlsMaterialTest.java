package io.busbar.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.security.TlsFiles.ClientCertificate;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsMaterialTest {

  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = new TestAuthority(directory, "test authority");
  }

  private static String refusal(TlsFiles files) {
    return assertThrows(TlsFileException.class, () -> TlsMaterial.read(files)).getMessage();
  }

  @Test
  void soundFilesGiveNoWarning() throws Exception {
    TlsMaterial material = TlsMaterial.read(authority.issue("node", ClientCertificate.NONE));
    assertEquals(List.of(), material.warnings());
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    TlsFiles files = authority.issue("node", ClientCertificate.NONE);
    Files.delete(files.key());
    assertEquals(
        files.key() + ": cannot be read (NoSuchFileException), expected a PEM file",
        refusal(files));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    TlsFiles a = authority.issue("a", ClientCertificate.NONE);
    TlsFiles b = authority.issue("b", ClientCertificate.NONE);
    String refusal = refusal(new TlsFiles(a.cert(), b.key(), null, ClientCertificate.NONE));
    assertTrue(refusal.startsWith(b.key() + ": is not the key of " + a.cert()), refusal);
  }

  @Test
  void garbageIsRefusedByName() throws Exception {
    TlsFiles files = authority.issue("node", ClientCertificate.NONE);
    Files.writeString(files.cert(), "no certificate here");
    assertTrue(refusal(files).startsWith(files.cert().toString()), refusal(files));
    TlsFiles other = authority.issue("other", ClientCertificate.NONE);
    Files.writeString(other.key(), "no key here");
    assertTrue(refusal(other).startsWith(other.key().toString()), refusal(other));
  }

  @Test
  void brokenAuthoritiesAreRefusedByName() throws Exception {
    TlsFiles files = authority.issue("node", ClientCertificate.REQUIRED);
    Files.writeString(files.ca(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertTrue(refusal(files).startsWith(files.ca().toString()), refusal(files));
  }

  @Test
  void aKeyThatOthersReadIsWarnedOf() throws Exception {
    TlsFiles files = authority.issue("node", ClientCertificate.NONE);
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));
    List<String> warnings = TlsMaterial.read(files).warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).startsWith(files.key() + ": private key open to other users"));
  }

  @Test
  void anEndThatIsNearIsWarnedOf() throws Exception {
    TlsFiles files =
        authority.issue("node", ClientCertificate.NONE, Instant.now().plusSeconds(86_400));
    assertTrue(TlsMaterial.read(files).warnings().get(0).contains("certificate ends at"));
  }

  @Test
  void clientCertificatesNeedAnAuthority() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TlsFiles(Path.of("a"), Path.of("b"), null, ClientCertificate.REQUIRED));
  }

  @Test
  void theBusTrustsOnlyItsAuthorityInBothDirections() throws Exception {
    EventBusOptions options =
        TlsMaterial.read(authority.issue("node", ClientCertificate.REQUIRED))
            .applyTo(new EventBusOptions());
    // The bus makes its client and server options out of the JSON form.
    NetClientOptions client = new NetClientOptions(options.toJson());
    NetServerOptions server = new NetServerOptions(options.toJson());
    assertTrue(client.isSsl());
    assertFalse(client.isTrustAll());
    assertTrue(client.getKeyCertOptions() instanceof PemKeyCertOptions);
    assertTrue(client.getTrustOptions() instanceof PemTrustOptions);
    assertTrue(server.isSsl());
    assertEquals(ClientAuth.REQUIRED, server.getClientAuth());
    assertTrue(server.getTrustOptions() instanceof PemTrustOptions);
  }

  @Test
  void theBusNeedsAnAuthority() throws Exception {
    TlsFiles files = authority.issue("node", ClientCertificate.NONE);
    TlsMaterial material =
        TlsMaterial.read(new TlsFiles(files.cert(), files.key(), null, ClientCertificate.NONE));
    assertThrows(IllegalStateException.class, () -> material.applyTo(new EventBusOptions()));
  }
}
