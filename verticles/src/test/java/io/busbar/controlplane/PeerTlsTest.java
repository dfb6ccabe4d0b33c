package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.testing.FreePorts;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.net.ClientSSLOptions;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mutual TLS between hosts, and what a certificate gives the right to. */
class PeerTlsTest {
  private static final String HOME = "127.0.0.1";

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private X509Bundle authority;

  @BeforeEach
  void start() throws Exception {
    authority = StationTls.newAuthority();
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private Station station(String name, TlsMode mode, HostName... peers) throws Exception {
    StationTls tls = mode == TlsMode.OFF ? StationTls.OFF : StationTls.of(mode, authority, HOME);
    return keep(new Station(name, port(mode), List.of(peers), Station.FAST, tls));
  }

  /** Where nothing listens in clear text the name needs a port, 100 below the one for TLS. */
  private static int port(TlsMode mode) throws IOException {
    return mode == TlsMode.REQUIRED ? FreePorts.one() - 100 : 0;
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.push(one);
    return one;
  }

  private PeerCalls caller(Station to, X509Bundle by, String address) throws Exception {
    ClientSSLOptions dial = StationTls.of(TlsMode.REQUIRED, by, address).dial();
    PeerCalls calls = new PeerCalls(to.vertx, "10.9.9.9", 30, TlsMode.REQUIRED, () -> dial);
    calls.tlsPort(to.name(), to.node.tlsPort());
    open.push(() -> Station.await(calls.close()));
    return calls;
  }

  private static double tls(Station at) {
    return at
        .registry
        .find("busbar.control.plane.connections")
        .tag("kind", "tls")
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static double spoke(Station at, String result) {
    return at
        .registry
        .find("busbar.control.plane.spoke.for.another")
        .tag("result", result)
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static void isRefused(io.vertx.core.Future<?> call) {
    AssertionError refused = assertThrows(AssertionError.class, () -> Station.await(call));
    assertTrue(refused.toString().contains("ended with 7"), refused.toString());
  }

  @Test
  void hostsThatBothPermitTlsMoveToIt() throws Exception {
    Station a = station("a", TlsMode.PERMISSIVE);
    Station b = station("b", TlsMode.PERMISSIVE, a.name());
    a.awaitState(b.name(), Standing.LIVE);
    b.awaitState(a.name(), Standing.LIVE);
    Station.await(() -> tls(a) > 0);
    Station.await(() -> tls(b) > 0);
  }

  @Test
  void hostsThatRequireTlsFindEachOtherWithoutBeingToldThePort() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    Station b = station("b", TlsMode.REQUIRED, a.name());
    a.awaitState(b.name(), Standing.LIVE);
    b.awaitState(a.name(), Standing.LIVE);
    assertEquals(0, spoke(a, "refused"));
    assertEquals(0, spoke(b, "refused"));
  }

  @Test
  void hostThatPermitsTlsSpeaksToOneThatHasNone() throws Exception {
    Station a = station("a", TlsMode.OFF);
    Station b = station("b", TlsMode.PERMISSIVE, a.name());
    a.awaitState(b.name(), Standing.LIVE);
    b.awaitState(a.name(), Standing.LIVE);
  }

  @Test
  void pingTellsThePortForTls() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    PingReply reply = Station.await(caller(a, authority, HOME).ping(a.name()));
    assertEquals(a.node.tlsPort(), reply.getTlsPort());
    assertTrue(reply.getCapabilitiesList().contains("mtls"));
  }

  @Test
  void callerOfAnotherAuthorityGetsNoConnection() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    X509Bundle stranger = StationTls.newAuthority();
    assertThrows(
        AssertionError.class, () -> Station.await(caller(a, stranger, HOME).ping(a.name())));
  }

  @Test
  void hostWhoseCertificateNamesAnotherIsNotCalled() throws Exception {
    StationTls wrong = StationTls.of(TlsMode.REQUIRED, authority, "10.1.1.1");
    Station a = keep(new Station("a", port(TlsMode.REQUIRED), List.of(), Station.FAST, wrong));
    assertThrows(
        AssertionError.class, () -> Station.await(caller(a, authority, HOME).ping(a.name())));
  }

  @Test
  void closingIsTakenOnlyFromTheHostItself() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    ClosingNotice notice = ClosingNotice.newBuilder().setHost("10.1.1.1").build();
    isRefused(caller(a, authority, "10.2.2.2").closing(a.name(), notice));
    assertEquals(1, spoke(a, "refused"));
    assertTrue(
        Station.await(caller(a, authority, "10.1.1.1").closing(a.name(), notice)).getAccepted());
    assertEquals(1, spoke(a, "refused"));
  }

  @Test
  void aKeyIsAskedForOnlyByTheHostThatWantsIt() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    OwnerChangeRequest claim =
        OwnerChangeRequest.newBuilder().setCartId("k").setNewHost("10.1.1.1").build();
    isRefused(caller(a, authority, "10.2.2.2").confirm(a.name(), claim));
    // It is not known here, which is another refusal.
    assertEquals(
        "host not available",
        Station.await(caller(a, authority, "10.1.1.1").confirm(a.name(), claim)).getMessage());
  }

  @Test
  void aKeyIsHandedOverOnlyByItsOwner() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    Station.await(a.ownership.claim("k"));
    OwnerChangeRequest handoff =
        OwnerChangeRequest.newBuilder()
            .setCartId("k")
            .setNewHost("10.1.1.1")
            .setReason(OwnerChangeReason.HANDOFF)
            .setEpoch(2)
            .setPreviousHost(a.name().toString())
            .build();
    isRefused(caller(a, authority, "10.1.1.1").confirm(a.name(), handoff));
    assertFalse(Station.await(caller(a, authority, HOME).confirm(a.name(), handoff)).getAccepted());
  }

  @Test
  void withoutTlsACallInAnothersNameIsOnlyCounted() throws Exception {
    Station a = station("a", TlsMode.OFF);
    PeerCalls clear = new PeerCalls(a.vertx, "10.9.9.9", 30);
    open.push(() -> Station.await(clear.close()));
    ClosingNotice notice = ClosingNotice.newBuilder().setHost("10.1.1.1").build();
    assertTrue(Station.await(clear.closing(a.name(), notice)).getAccepted());
    assertEquals(1, spoke(a, "warned"));
  }

  @Test
  void renewedFilesCountFromTheNextCallOn() throws Exception {
    Station a = station("a", TlsMode.REQUIRED);
    ClientSSLOptions good = StationTls.of(TlsMode.REQUIRED, authority, HOME).dial();
    ClientSSLOptions bad = StationTls.of(TlsMode.REQUIRED, StationTls.newAuthority(), HOME).dial();
    AtomicReference<ClientSSLOptions> files = new AtomicReference<>(good);
    PeerCalls calls = new PeerCalls(a.vertx, "10.9.9.9", 30, TlsMode.REQUIRED, files::get);
    open.push(() -> Station.await(calls.close()));
    calls.tlsPort(a.name(), a.node.tlsPort());
    Station.await(calls.ping(a.name()));
    files.set(bad);
    assertThrows(AssertionError.class, () -> Station.await(calls.ping(a.name())));
    files.set(good);
    calls.tlsPort(a.name(), a.node.tlsPort());
    Station.await(calls.ping(a.name()));
  }

  @Test
  void identityIsTheAlternativeNamesAndTheEndOfASpiffeAddress() throws Exception {
    X509Bundle one =
        new CertificateBuilder()
            .subject("CN=not.counted")
            .addSanDnsName("Node-1.Example")
            .addSanIpAddress("10.0.0.1")
            .addSanUriName("spiffe://cluster/carts/node-7")
            .buildIssuedBy(authority);
    PeerIdentity identity = PeerIdentity.of(List.of(one.getCertificate()));
    assertEquals(Set.of("node-1.example", "10.0.0.1", "node-7"), identity.names());
    assertTrue(identity.covers(HostName.parse("10.0.0.1:99").orElseThrow()));
    assertFalse(identity.covers(HostName.parse("not.counted").orElseThrow()));
  }
}
