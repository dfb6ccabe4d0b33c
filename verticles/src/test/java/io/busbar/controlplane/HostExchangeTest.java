package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.SeenHost;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.PeerState;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.Timings;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another node of the cluster says of a foreign host that it pings. */
class HostExchangeTest {
  private static final long TICK_MILLIS = 100;

  private final List<ScriptedHost> hosts = new ArrayList<>();
  private Station a;
  private NodeInfo other;
  private Vertx vertx;
  private ScriptedHost x;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    hosts.add(x);
  }

  private void station(Timings timings) {
    a = new Station("a", 0, List.of(), timings);
    other = whoPings(x.name());
    a.onDesk(desk -> a.members.add(other));
  }

  @AfterEach
  void stop() {
    a.close();
    hosts.forEach(ScriptedHost::close);
    Station.await(vertx.close());
  }

  /** A node whose id makes the host its own to ping. */
  private NodeInfo whoPings(HostName host) {
    for (int i = 0; ; i++) {
      NodeInfo node =
          NodeInfo.newBuilder()
              .setNodeId("other-" + i)
              .setName("other")
              .setStartedAt(2)
              .setGateway(true)
              .setControlHost("10.9.9.2")
              .build();
      a.members.add(node);
      if (node.getNodeId().equals(new OwnHosts(a.members).prober(host))) {
        return node;
      }
      a.members.leave(node);
    }
  }

  private NodeInfo sees(PeerState state) {
    return other.toBuilder()
        .addHosts(
            SeenHost.newBuilder()
                .setHost(x.name().toString())
                .setState(state.name())
                .setIncarnation(1_000)
                .setCause("test"))
        .build();
  }

  private void says(NodeInfo... words) {
    a.onDesk(
        desk -> {
          for (NodeInfo word : words) {
            a.members.add(word);
          }
        });
  }

  @Test
  void aHostOfAnotherNodeIsNotPingedHereNotEvenWhenItIsNew() {
    station(Station.PATIENT);
    ScriptedHost mine = pingedHere();
    a.node.peers(List.of(x.name(), mine.name()));
    int several = 5;
    Station.await(() -> mine.pingedBy.size() >= several);
    says(sees(PeerState.ALIVE));
    a.awaitState(x.name(), Standing.LIVE);
    assertEquals(List.of(), x.pingedBy);
  }

  private ScriptedHost pingedHere() {
    ScriptedHost host = new ScriptedHost(vertx);
    hosts.add(host);
    String prober = new OwnHosts(a.members).prober(host.name());
    return prober.equals(other.getNodeId()) ? pingedHere() : host;
  }

  @Test
  void anOldWordOfAHostThatIsGoneDoesNotKeepIt() {
    station(Station.SELDOM);
    says(sees(PeerState.ALIVE));
    a.awaitState(x.name(), Standing.LIVE);
    a.onDesk(desk -> desk.configured(List.of(x.name())));
    a.onDesk(desk -> desk.configured(List.of()));
    // Said before the other node heard that the host is gone, and after it.
    says(sees(PeerState.ALIVE), other);
    Station.await(a.turn(3 * TICK_MILLIS));
    assertFalse(a.node.view().foreign().containsKey(x.name()));
  }
}
