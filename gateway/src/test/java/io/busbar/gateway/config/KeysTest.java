package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysTest {

  private static final Path TOP = Path.of("").toAbsolutePath().getParent();
  private static final Path SAMPLE = TOP.resolve("conf/busbar.yaml");

  @Test
  void theSampleFileIsTheReferencePrintedAsYaml() throws IOException {
    assertEquals(
        ReferencePrinter.print(ReferencePrinter.Format.yaml),
        Files.readString(SAMPLE),
        "run: busbar config reference --format yaml > conf/busbar.yaml");
  }

  @Test
  void theSampleFileChangesNothing() {
    Config sample = ConfigLoader.load(ConfigFixture.NOTHING.withFile(SAMPLE));
    Config bare = ConfigLoader.load(ConfigFixture.NOTHING);
    assertEquals(values(bare), values(sample));
  }

  private static List<String> values(Config config) {
    return config.shown().stream().map(s -> s.path() + "=" + s.value()).toList();
  }

  @Test
  void theSampleFileNamesEveryKey() throws IOException {
    List<String> lines =
        Files.readAllLines(SAMPLE).stream().map(line -> line.replaceFirst("^ *(# )?", "")).toList();
    for (Key key : Keys.ALL.list()) {
      String last = key.path().substring(key.path().lastIndexOf('.') + 1) + ":";
      assertTrue(lines.stream().anyMatch(line -> line.startsWith(last)), key.path());
    }
  }

  @Test
  void theDocumentationHoldsTheTableOfAllKeys() throws IOException {
    String table = ReferencePrinter.print(ReferencePrinter.Format.markdown);
    assertTrue(
        Files.readString(TOP.resolve("docs/configuration.md")).contains(table),
        "put the output of `busbar config reference --format markdown` into docs/configuration.md");
  }

  @Test
  void noTwoKeysShareAnEnvironmentVariable() {
    Map<String, String> seen = new HashMap<>();
    for (Key key : Keys.ALL.list()) {
      String earlier = seen.put(Key.environment(key.path()), key.path());
      assertNull(earlier, key.path());
    }
  }

  @Test
  void everyDefaultSurvivesBeingPrintedAndRead() {
    for (Key key : Keys.ALL.list()) {
      if (key.standard() != null) {
        Problems problems = new Problems();
        YamlNode printed = YamlReader.read("test", true, key.type().show(key.standard()));
        Object read = key.type().read(printed, key.path(), false, problems);
        assertTrue(problems.isEmpty(), key.path());
        assertEquals(key.standard(), read, key.path());
      }
    }
  }

  @Test
  void aKeyWithoutDefaultSaysWhatHappens() {
    for (Key key : Keys.ALL.list()) {
      assertFalse(key.defaultText().isBlank(), key.path());
    }
  }

  @Test
  void aChosenNameFindsTheKeyOfItsSection() {
    assertEquals("pools.NAME.retry.backoff", Keys.ALL.find("pools.echo.retry.backoff").path());
    assertNotNull(Keys.ALL.find("channels.max"));
    assertNull(Keys.ALL.find("pools.Echo.queue"));
    assertNull(Keys.ALL.find("pools.echo.nothing"));
  }

  /** The figures that users were promised. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node.drain-timeout | 30s",
        "cluster.name | busbar",
        "cluster.host | 127.0.0.1",
        "cluster.port | 5701",
        "cluster.join | []",
        "cluster.join-timeout | 30s",
        "cluster.size | 0",
        "cluster.lost-after | 15s",
        "cluster.trusted-network | false",
        "bus.host | 127.0.0.1",
        "bus.port | 0",
        "bus.frame | 64KiB",
        "bus.stream-window | 256KiB",
        "bus.peer-window | 8MiB",
        "bus.memory | 256MiB",
        "bus.probe | 200ms",
        "http.host | 127.0.0.1",
        "http.port | 8080",
        "http.enabled | true",
        "http.insecure | false",
        "http.max-websockets | 200",
        "runner.port | 9190",
        "runner.max-resets | 100000",
        "runner.max-idle-frames | 10000",
        "control-plane.port | 1337",
        "control-plane.peers | []",
        "falcon.port | 50051",
        "rpc.daemons | []",
        "management.port | 9090",
        "pools.NAME.queue | 1000",
        "pools.NAME.queue-timeout | 10s",
        "pools.NAME.affinity | none",
        "pools.NAME.timeout | 30s",
        "pools.NAME.placing | 30s",
        "pools.NAME.reserve | 2s",
        "pools.NAME.settle | 50ms",
        "routes | []",
        "plugins | []",
        "calls.keep | 10000",
        "calls.keep-for | 10m",
        "training.heartbeat | 30s",
        "training.pong-timeout | 10s",
        "training.replay | 1024",
        "training.max-connections | 50",
        "training.max-per-ip | 5",
        "control.max-per-identity | 5",
        "workers.pool | juniper",
        "workers.max | 250",
        "channels.max | 1000",
        "channels.NAME.capacity | 1024",
        "channels.NAME.max-frame | 1MiB",
        "ownership.max-skew | 5s",
        "ownership.ttl | 10s",
        "ownership.margin | 2s",
        "ownership.tombstones | 24h",
        "fn-lb.port | 0",
        "security.api-keys | []"
      })
  void theDefaultIsThePromisedOne(String path, String value) {
    Key key =
        Keys.ALL.list().stream()
            .filter(k -> k.path().equals(path))
            .findFirst()
            .orElseThrow(() -> new AssertionError(path + " is missing"));
    assertEquals(value, key.defaultText());
  }
}
