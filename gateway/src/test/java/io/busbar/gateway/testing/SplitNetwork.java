package io.busbar.gateway.testing;

import io.busbar.testing.FreePorts;
import io.busbar.testing.TcpProxy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The network between nodes, which can split: each node's cluster member and event-bus socket are
 * reached through a proxy of their own. A node that is cut off neither hears from the others nor is
 * heard, on old and on new connections, and nobody is told; whatever else it is connected to, it
 * stays connected to. Two nodes alone can be kept from each other too. The proxies tell clients
 * apart by the process that has the socket, so this needs /proc.
 */
public final class SplitNetwork implements AutoCloseable {
  private final Map<String, List<TcpProxy>> ways = new HashMap<>();

  /** Arguments of the node of that name, which make the others use its proxies. */
  public String[] behind(String name, String... more) throws IOException {
    int member = FreePorts.one();
    TcpProxy toMember = TcpProxy.to(member);
    int bus = FreePorts.one();
    TcpProxy toBus = TcpProxy.to(bus);
    ways.put(name, List.of(toMember, toBus));
    List<String> all =
        new ArrayList<>(
            List.of(
                "--set",
                "cluster.port=" + member,
                "--set",
                "cluster.public-address=127.0.0.1:" + toMember.port(),
                "--set",
                "bus.port=" + bus,
                "--set",
                "bus.public-port=" + toBus.port()));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** One side is that node, the other side all others. */
  public void cutOff(NodeProcess node) {
    SocketsOf its = new SocketsOf(node.pid());
    ways.forEach(
        (name, proxies) ->
            proxies.forEach(
                proxy -> proxy.silence(name.equals(node.name()) ? port -> true : its::has)));
  }

  /** Neither of the two reaches the other; what else they reach they go on to reach. */
  public void cutBetween(NodeProcess one, NodeProcess other) {
    silence(one, new SocketsOf(other.pid()));
    silence(other, new SocketsOf(one.pid()));
  }

  private void silence(NodeProcess node, SocketsOf others) {
    ways.get(node.name()).forEach(proxy -> proxy.silence(others::has));
  }

  /** Every node reaches every other one again. */
  public void heal() {
    ways.values().forEach(proxies -> proxies.forEach(TcpProxy::mend));
  }

  @Override
  public void close() throws IOException {
    for (List<TcpProxy> proxies : ways.values()) {
      for (TcpProxy proxy : proxies) {
        proxy.close();
      }
    }
  }
}
