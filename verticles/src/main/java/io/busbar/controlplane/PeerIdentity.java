package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The hosts that a certificate stands for: its alternative names. Of a SPIFFE address the last part
 * of the path counts. The subject does not: it names nobody in particular.
 */
record PeerIdentity(Set<String> names) {
  private static final int URI = 6;
  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  /** Of the first certificate of the chain; nobody for a chain that cannot be read. */
  static PeerIdentity of(List<Certificate> chain) {
    Set<String> names = new TreeSet<>();
    if (!chain.isEmpty() && chain.get(0) instanceof X509Certificate certificate) {
      try {
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        for (List<?> one : all == null ? List.<List<?>>of() : all) {
          add(names, (Integer) one.get(0), one.get(1));
        }
      } catch (CertificateParsingException e) {
        return new PeerIdentity(Set.of());
      }
    }
    return new PeerIdentity(names);
  }

  private static void add(Set<String> names, int kind, Object value) {
    if (!(value instanceof String text)) {
      return;
    }
    String host = text.toLowerCase(Locale.ROOT);
    if (kind == URI && host.startsWith("spiffe://")) {
      host = host.substring(host.lastIndexOf('/') + 1);
    } else if (kind != DNS && kind != ADDRESS) {
      return;
    }
    HostName.parse(host).ifPresent(name -> names.add(name.address()));
  }

  /** Whether it stands for the host, whatever the port. */
  boolean covers(HostName host) {
    return names.contains(host.address());
  }
}
