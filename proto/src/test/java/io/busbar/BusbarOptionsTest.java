package io.busbar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusbarOptionsTest {
  private static BusbarOptions read(String json) {
    return BusbarOptions.fromJson(new JsonObject(json));
  }

  @Test
  void aNameIsEnough() {
    BusbarOptions options = read("{'node': {'name': 'app'}}".replace('\'', '"'));
    BusbarOptions preset = BusbarOptions.of("app");
    assertEquals(preset, options);
    assertTrue(options.cluster().lite());
    assertEquals(0, options.cluster().port());
  }

  @Test
  void everyKeyIsRead() {
    BusbarOptions options =
        read(
            """
            {"node": {"name": "app", "lanes": 2, "drain-timeout": "5m"},
             "cluster": {"name": "c", "host": "127.0.0.2", "port": 5711,
                         "public-address": "pub:1", "join": ["a:5701", "b:5701"],
                         "lost-after": "20s", "trusted-network": true},
             "bus": {"host": "127.0.0.3", "port": 15701, "public-host": "pub", "public-port": 7,
                     "tls": {"cert": "c.pem", "key": "k.pem", "ca": "a.pem"},
                     "frame": "32KiB", "stream-window": "128KiB", "peer-window": "4MiB",
                     "memory": "64MiB", "probe": "100ms"},
             "plugins": {"x": {"size": 3}}}
            """);
    assertEquals(2, options.lanes());
    assertEquals(300_000, options.drainMillis());
    assertEquals("c", options.cluster().name());
    assertEquals("127.0.0.2", options.cluster().host());
    assertEquals(5711, options.cluster().port());
    assertEquals("pub:1", options.cluster().publicAddress());
    assertEquals(List.of("a:5701", "b:5701"), options.cluster().join());
    assertEquals(20_000, options.cluster().lostAfterMillis());
    assertTrue(options.trustedNetwork());
    assertEquals(32 << 10, options.limits().frame());
    assertEquals(128 << 10, options.limits().streamWindow());
    assertEquals(4 << 20, options.limits().peerWindow());
    assertEquals(64 << 20, options.limits().memory());
    assertEquals(100, options.limits().probeMillis());
    assertEquals(20_000, options.limits().lostAfterMillis());
    assertEquals(3, options.plugins().getJsonObject("x").getInteger("size"));

    var bus = options.eventBus();
    assertEquals("127.0.0.3", bus.getHost());
    assertEquals(15701, bus.getPort());
    assertEquals("pub", bus.getClusterPublicHost());
    assertEquals(7, bus.getClusterPublicPort());
    assertTrue(bus.isSsl());
    assertFalse(bus.isTrustAll());
    assertEquals(ClientAuth.REQUIRED, bus.getClientAuth());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | node.name: nothing, expected a text",
        "{'node': {'name': 'a', 'colour': 1}} | node.colour: no such key",
        "{'nodes': {}} | nodes: no such key",
        "{'node': 7} | node: '7', expected a block",
        "{'node': {'name': 'a', 'lanes': 0}} | node.lanes: 0, expected 1 to 64",
        "{'node': {'name': 'a', 'lanes': 'x'}} | node.lanes: 'x', expected a whole number",
        "{'node': {'name': 'a'}, 'cluster': {'lost-after': '15'}} | cluster.lost-after: '15'",
        "{'node': {'name': 'a'}, 'cluster': {'join': 'b:1'}} | cluster.join: 'b:1', expected a list",
        "{'node': {'name': 'a'}, 'cluster': {'join': ['b']}} | cluster.join: 'b', expected host:port",
        "{'node': {'name': 'a'}, 'bus': {'frame': '1TiB'}} | bus.frame: '1TiB', expected a size",
        "{'node': {'name': 'a'}, 'bus': {'tls': {'cert': 'c'}}} | bus.tls.key: nothing",
        "{'node': {'name': 'a'}, 'bus': {'host': '0.0.0.0'}} | bus.host: '0.0.0.0' is open to",
        "{'node': {'name': 'a'}, 'cluster': {'trusted-network': 'yes'}} | cluster.trusted-network"
      })
  void badInputNamesItsKey(String json, String message) {
    var refused = assertThrows(IllegalArgumentException.class, () -> read(json.replace('\'', '"')));
    assertTrue(refused.getMessage().startsWith(message), refused.getMessage());
  }
}
