package io.busbar.security;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A certificate authority made for one test, which writes PEM files as an operator would. */
public final class TestAuthority {

  private final X509Bundle root;
  private final Path directory;

  /** An authority whose files go below a directory. */
  public TestAuthority(Path directory, String name) throws Exception {
    this.directory = Files.createDirectories(directory);
    this.root =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    write(directory.resolve("ca.pem"), root.getCertificatePEM());
  }

  /** The authority's own certificate. */
  public Path ca() {
    return directory.resolve("ca.pem");
  }

  /** Writes {@code NAME.pem} and {@code NAME.key}, replacing earlier ones. */
  public TlsFiles issue(String name, TlsFiles.ClientCertificate clientAuth) throws Exception {
    return issue(name, clientAuth, Instant.now().plus(365, ChronoUnit.DAYS));
  }

  /** Same, with an end of the certificate's life. */
  public TlsFiles issue(String name, TlsFiles.ClientCertificate clientAuth, Instant end)
      throws Exception {
    X509Bundle bundle =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + name)
            .notAfter(end)
            .addSanDnsName("localhost")
            .addSanIpAddress("127.0.0.1")
            .buildIssuedBy(root);
    Path cert = directory.resolve(name + ".pem");
    Path key = directory.resolve(name + ".key");
    write(key, bundle.getPrivateKeyPEM());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    write(cert, bundle.getCertificatePathPEM());
    return new TlsFiles(cert, key, ca(), clientAuth);
  }

  private static void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
