package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.controlplane.core.HostName;
import io.busbar.registry.FakeMembers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which node pings which host, when nodes come and go. */
class OwnHostsTest {
  private final FakeMembers members = new FakeMembers(node(0));
  private final OwnHosts own = new OwnHosts(members);
  private final List<HostName> hosts = new ArrayList<>();

  OwnHostsTest() {
    members.join(node(1));
    members.join(node(2));
    for (int i = 0; i < 300; i++) {
      hosts.add(HostName.parse("10.0." + i / 100 + "." + i % 100).orElseThrow());
    }
  }

  private static NodeInfo node(int number) {
    return NodeInfo.newBuilder()
        .setNodeId("node-" + number)
        .setName("n" + number)
        .setIncarnation(number + 1)
        .setGateway(true)
        .setControlHost("10.9.9." + number)
        .build();
  }

  private Map<HostName, String> probers() {
    Map<HostName, String> probers = new HashMap<>();
    hosts.forEach(host -> probers.put(host, own.prober(host)));
    return probers;
  }

  @Test
  void hostsAreSpreadOverTheNodes() {
    List<String> probers = List.copyOf(probers().values());
    for (int node = 0; node < 3; node++) {
      int hers = Collections.frequency(probers, "node-" + node);
      assertTrue(hers > 50 && hers < 150, "node " + node + " pings " + hers + " of 300");
    }
  }

  @Test
  void onlyTheHostsOfANodeThatDiedAreTakenOverByOthers() {
    Map<HostName, String> before = probers();
    members.leave("node-1");
    probers()
        .forEach(
            (host, now) -> {
              if (before.get(host).equals("node-1")) {
                assertTrue(now.equals("node-0") || now.equals("node-2"), now);
              } else {
                assertEquals(before.get(host), now);
              }
            });
  }

  @Test
  void nodeThatDrainsPingsNobody() {
    members.join(node(2).toBuilder().setDraining(true).build());
    assertTrue(probers().values().stream().noneMatch("node-2"::equals));
  }
}
