package io.busbar.security;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** Checks PEM files before a server sees them, so that a bad one never replaces a good one. */
final class PemCheck {

  private static final Duration NEAR = Duration.ofDays(14);

  private PemCheck() {}

  /** Checks that the key belongs to the first certificate; gives the end of that certificate. */
  static Instant pair(TlsFiles files, Buffer cert, Buffer key) {
    X509Certificate own = (X509Certificate) certificates(files.cert(), cert).iterator().next();
    PublicKey open = own.getPublicKey();
    PrivateKey secret = privateKey(files, open, cert, key);
    if (secret == null || !belongs(secret, open)) {
      throw new TlsFileException(
          files.key(),
          "is not the key of " + files.cert() + ", expected the one that belongs to it");
    }
    return own.getNotAfter().toInstant();
  }

  static Collection<? extends Certificate> certificates(Path file, Buffer pem) {
    try {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes()));
      if (!all.isEmpty()) {
        return all;
      }
    } catch (CertificateException e) {
      throw new TlsFileException(file, "broken certificate, expected PEM CERTIFICATE blocks");
    }
    throw new TlsFileException(file, "no certificate in it, expected PEM CERTIFICATE blocks");
  }

  private static PrivateKey privateKey(TlsFiles files, PublicKey open, Buffer cert, Buffer key) {
    try {
      PemKeyCertOptions both = new PemKeyCertOptions().addCertValue(cert).addKeyValue(key);
      // No Vertx needed: it would only resolve file names, and there are none.
      for (KeyManager manager : both.getKeyManagerFactory(null).getKeyManagers()) {
        if (manager instanceof X509KeyManager x509) {
          String[] aliases = x509.getServerAliases(open.getAlgorithm(), null);
          if (aliases != null && aliases.length > 0) {
            return x509.getPrivateKey(aliases[0]);
          }
        }
      }
      return null;
    } catch (Exception e) {
      throw new TlsFileException(
          files.key(), "not usable, expected an unencrypted PEM PRIVATE KEY");
    }
  }

  private static boolean belongs(PrivateKey secret, PublicKey open) {
    String algorithm =
        switch (open.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> open.getAlgorithm();
        };
    try {
      byte[] sample = {1, 2, 3};
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(secret);
      signer.update(sample);
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(open);
      verifier.update(sample);
      return verifier.verify(signer.sign());
    } catch (GeneralSecurityException e) {
      // A key of another kind cannot sign for this certificate: it does not belong to it.
      return false;
    }
  }

  static List<String> permissions(Path key) {
    try {
      Set<PosixFilePermission> granted = Files.getPosixFilePermissions(key);
      boolean loose =
          granted.contains(PosixFilePermission.OTHERS_READ)
              || granted.contains(PosixFilePermission.OTHERS_WRITE)
              || granted.contains(PosixFilePermission.GROUP_WRITE);
      return loose
          ? List.of(key + ": private key open to other users, expected mode 0600 or 0640")
          : List.of();
    } catch (IOException | UnsupportedOperationException e) {
      // Not a POSIX file system: nothing to say about modes.
      return List.of();
    }
  }

  static List<String> expiry(Path cert, Instant expires, Instant now) {
    if (expires.isBefore(now)) {
      return List.of(cert + ": certificate ended at " + expires + ", clients will refuse it");
    }
    return expires.isBefore(now.plus(NEAR))
        ? List.of(cert + ": certificate ends at " + expires)
        : List.of();
  }
}
