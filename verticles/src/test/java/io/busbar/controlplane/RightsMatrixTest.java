package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.NodeState;
import io.busbar.gocart.wire.ClosingNotice;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeReason;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.testing.FreePorts;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Future;
import io.vertx.core.net.ClientSSLOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a certificate gives the right to where mutual TLS is required: cell by cell. */
class RightsMatrixTest {
  private static final String HOME = "127.0.0.1";
  private static final String ITS = "10.1.1.1";
  private static final String OTHER = "10.2.2.2";

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private X509Bundle authority;
  private Station a;

  @BeforeEach
  void start() throws Exception {
    authority = StationTls.newAuthority();
    StationTls tls = StationTls.of(TlsMode.REQUIRED, authority, HOME);
    a = new Station("a", port(), List.of(), Station.FAST, tls);
    open.push(a);
    Station.await(() -> a.node.view().state() == NodeState.UP);
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private static int port() throws Exception {
    return FreePorts.one() - 100;
  }

  private PeerCalls caller(String address) throws Exception {
    ClientSSLOptions dial = StationTls.of(TlsMode.REQUIRED, authority, address).dial();
    PeerCalls calls = new PeerCalls(a.vertx, address, 30, TlsMode.REQUIRED, () -> dial);
    calls.tlsPort(a.name(), a.node.tlsPort());
    open.push(() -> Station.await(calls.close()));
    return calls;
  }

  private static boolean isDenied(Future<?> call) {
    Future<?> over = Station.outcome(call);
    boolean denied = over.failed() && over.cause().toString().contains("ended with 7");
    assertTrue(denied || over.succeeded(), String.valueOf(over.cause()));
    return denied;
  }

  @Test
  void anyCertificateOfTheAuthorityMayAskForWhatIsOnlyRead() throws Exception {
    PeerCalls other = caller(OTHER);
    assertTrue(Station.await(other.ping(a.name())).getTlsPort() > 0);
    NegotiateRequest request = NegotiateRequest.newBuilder().setSenderHost(ITS).build();
    assertTrue(Station.await(other.negotiate(a.name(), request)).getHostsCount() > 0);
    assertEquals(0, Station.await(other.list(a.name())).getCartIdsCount());
    a.onDesk(desk -> {});
    assertTrue(a.node.view().foreign().isEmpty(), "another's name is no contact of that one");
  }

  @ParameterizedTest(name = "{0} of {1} by {2}: denied {3}")
  @CsvSource({
    "CLAIM, 10.1.1.1, 10.1.1.1, false",
    "CLAIM, 10.1.1.1, 10.2.2.2, true",
    "RENEW, 10.1.1.1, 10.1.1.1, false",
    "RENEW, 10.1.1.1, 10.2.2.2, true",
    "TAKEOVER, 10.1.1.1, 10.1.1.1, false",
    "TAKEOVER, 10.1.1.1, 10.2.2.2, true",
    "HANDOFF, 10.1.1.1, 10.1.1.1, true", // the recorded owner is the station
    "HANDOFF, 10.1.1.1, 127.0.0.1, false",
    "RELEASE, 10.1.1.1, 10.1.1.1, true",
    "RELEASE, 10.1.1.1, 127.0.0.1, false"
  })
  void confirmOwner(OwnerChangeReason reason, String host, String caller, boolean denied)
      throws Exception {
    Station.await(a.ownership.claim("k"));
    OwnerChangeRequest request =
        OwnerChangeRequest.newBuilder()
            .setCartId("k")
            .setNewHost(host)
            .setPreviousHost(a.name().toString())
            .setReason(reason)
            .setEpoch(7)
            .build();
    assertEquals(denied, isDenied(caller(caller).confirm(a.name(), request)));
  }

  @ParameterizedTest(name = "of {0} by {1}: denied {2}")
  @CsvSource({"10.1.1.1, 10.1.1.1, false", "10.1.1.1, 10.2.2.2, true"})
  void closing(String host, String caller, boolean denied) throws Exception {
    ClosingNotice notice = ClosingNotice.newBuilder().setHost(host).build();
    assertEquals(denied, isDenied(caller(caller).closing(a.name(), notice)));
  }
}
