package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

  @TempDir private Path directory;

  @Test
  void aPoolsRunnersAreFoundByHostAndPortOrByAServiceName() {
    assertEquals(
        Optional.of(new HostPort("runners.example", 9190)),
        ConfigFixture.sets("pools.p.dns=runners.example:9190").pool("p").dns());
    assertEquals(
        Optional.of(new HostPort("_fn._tcp.runners.example", 0)),
        ConfigFixture.sets("pools.p.dns=_fn._tcp.runners.example").pool("p").dns());
    for (String bad : List.of("runners.example", "_fn._tcp.runners.example:9190", "_fn")) {
      String problem = ConfigFixture.problemsOfSets("pools.p.dns=" + bad).get(0);
      assertTrue(problem.contains("pools.p.dns") && problem.contains("_fn._tcp.example"), problem);
    }
  }

  @Test
  void theLaterLineOfTheControlPlaneIsServedUnlessSwitchedOff() {
    assertTrue(ConfigFixture.sets().controlPlane().laterLine());
    assertFalse(ConfigFixture.sets("control-plane.later-line=false").controlPlane().laterLine());
  }

  @Test
  void fileYieldsToEnvironmentAndEnvironmentToFlags() {
    Path file =
        ConfigFixture.write(
            directory,
            """
            http:
              port: 1001
            runner:
              port: 1002
            management:
              port: 1003
            """);
    Config config =
        ConfigLoader.load(
            ConfigFixture.NOTHING
                .withFile(file)
                .withEnvironment(
                    Map.of("BUSBAR_RUNNER_PORT", "2002", "BUSBAR_MANAGEMENT_PORT", "2003"))
                .withSets("management.port=3003"));
    assertEquals(1001, config.front(Front.HTTP).port());
    assertEquals(2002, config.front(Front.RUNNER).port());
    assertEquals(3003, config.front(Front.MANAGEMENT).port());
    assertEquals("file " + file + ":2", config.origin("http.port").toString());
    assertEquals("env BUSBAR_RUNNER_PORT", config.origin("runner.port").toString());
    assertEquals("flag --set management.port", config.origin("management.port").toString());
    assertEquals("default", config.origin("falcon.port").toString());
  }

  @Test
  void thePoolDefaultCountsAsNamedOnceAKeyOfItIsSet() {
    Config silent = ConfigFixture.file(directory, "pools: {echo: {}}\n");
    assertEquals(Set.of("echo"), silent.namedPools());
    assertEquals(Set.of("echo", "default"), silent.pools().keySet());
    assertEquals(Set.of("default"), ConfigFixture.sets("pools.default.queue=5").namedPools());
  }

  @Test
  void anEmptyFileGivesDefaults() {
    assertEquals(8080, ConfigFixture.file(directory, "").integer("http.port"));
    assertEquals(8080, ConfigFixture.file(directory, "# nothing\n").integer("http.port"));
  }

  @Test
  void anEmptyValueKeepsTheDefault() {
    assertEquals(8080, ConfigFixture.file(directory, "http:\n  port:\n").integer("http.port"));
  }

  @Test
  void listsAreCommaSeparatedInTheEnvironment() {
    Config config =
        ConfigFixture.environment(
            "BUSBAR_CLUSTER_JOIN", "a:5701, [::1]:5702", "BUSBAR_PLUGINS", "echo,wordcount");
    assertEquals(
        List.of(new HostPort("a", 5701), new HostPort("::1", 5702)), config.cluster().join());
    assertEquals(
        List.of(new PluginSettings("echo", Map.of()), new PluginSettings("wordcount", Map.of())),
        config.plugins());
  }

  @Test
  void listsOfGroupsAreYamlInTheEnvironment() {
    Config config =
        ConfigFixture.environment(
            "BUSBAR_ROUTES", "[{match: {fn_id: echo*, header.X-A: b}, pool: echo}]");
    assertEquals("echo", config.routes().get(0).pool());
    assertEquals(Map.of("fn_id", "echo*", "header.X-A", "b"), config.routes().get(0).match());
  }

  @Test
  void anEmptyVariableIsNotSetAndAnEmptyListIsEmpty() {
    Path file = ConfigFixture.write(directory, "cluster:\n  join: [a:1]\nhttp:\n  port: 1\n");
    Config config =
        ConfigLoader.load(
            ConfigFixture.NOTHING
                .withFile(file)
                .withEnvironment(Map.of("BUSBAR_CLUSTER_JOIN", "", "BUSBAR_HTTP_PORT", "")));
    assertEquals(List.of(), config.cluster().join());
    assertEquals(1, config.integer("http.port"));
  }

  @Test
  void strangersInTheEnvironmentAreNamedInOneWarning() {
    Config config =
        ConfigFixture.environment(
            "BUSBAR_HTTP_PROT", "1",
            "BUSBAR_FOO", "x",
            "BUSBAR_URL", "http://x",
            "BUSBAR_API_KEY", "k",
            "BUSBAR_JAVA_OPTS", "-Xmx1g");
    assertEquals(
        List.of(
            "environment variables that are no configuration key, ignored: BUSBAR_FOO,"
                + " BUSBAR_HTTP_PROT"),
        config.warnings());
  }

  @Test
  void theEnvironmentReachesPoolsOfTheFileOnly() {
    Path file = ConfigFixture.write(directory, "pools:\n  big-one:\n    queue: 5\n");
    Config config =
        ConfigLoader.load(
            ConfigFixture.NOTHING
                .withFile(file)
                .withEnvironment(
                    Map.of(
                        "BUSBAR_POOLS_BIG_ONE_QUEUE", "7",
                        "BUSBAR_POOLS_DEFAULT_QUEUE", "8",
                        "BUSBAR_POOLS_OTHER_QUEUE", "9")));
    assertEquals(7, config.pool("big-one").queue());
    assertEquals(8, config.pool("default").queue());
    assertEquals(1000, config.pool("other").queue());
    assertEquals(1, config.warnings().size());
    assertEquals(Set.of("big-one", "default"), config.pools().keySet());
  }

  @Test
  void setTakesYaml() {
    Config config =
        ConfigFixture.sets(
            "cluster.join=[a:1, b:2]", "pools.echo={queue: 5, retry: {backoff: 20ms}}");
    assertEquals(2, config.cluster().join().size());
    assertEquals(5, config.pool("echo").queue());
    assertEquals(Duration.ofMillis(20), config.pool("echo").retry().backoff());
  }

  @Test
  void pluginFlagsAddToTheFile() {
    Path file =
        ConfigFixture.write(
            directory, "plugins:\n  - {use: ./a.jar, config: {size: 3, deep: {on: true}}}\n");
    Config config = ConfigLoader.load(ConfigFixture.NOTHING.withFile(file).withPlugins("echo"));
    assertEquals(
        List.of(
            new PluginSettings("./a.jar", Map.of("size", 3L, "deep", Map.of("on", true))),
            new PluginSettings("echo", Map.of())),
        config.plugins());
  }

  @Test
  void aPortOffsetMovesEachOwnPortThatIsNotFreeAndNamesTheNode() {
    Config config =
        ConfigLoader.load(
            ConfigFixture.NOTHING
                .withPortOffset(100)
                .withSets("cluster.join=[a:5701]", "cluster.public-address=pub:7000"));
    assertEquals("box-100", config.node().name());
    assertEquals(Path.of("data/box-100"), config.node().dataDir());
    assertEquals(5801, config.cluster().port());
    assertEquals(new HostPort("pub", 7100), config.cluster().publicAddress().orElseThrow());
    assertEquals(List.of(new HostPort("a", 5701)), config.cluster().join());
    assertEquals(0, config.bus().port());
    assertEquals(8180, config.front(Front.HTTP).port());
    assertEquals(9290, config.front(Front.RUNNER).port());
    assertEquals(1437, config.front(Front.CONTROL_PLANE).port());
    assertEquals(50_151, config.front(Front.FALCON).port());
    assertEquals(9190, config.front(Front.MANAGEMENT).port());
  }

  @Test
  void aChosenNameStaysUnderAPortOffset() {
    Config config = ConfigLoader.load(ConfigFixture.NOTHING.withPortOffset(100).withName("alpha"));
    assertEquals("alpha", config.node().name());
  }

  @Test
  void defaultsOfTheTypedGroupsAreThoseOfTheParts() {
    Config config = ConfigLoader.load(ConfigFixture.NOTHING);
    assertEquals(io.busbar.bus.BusOptions.DEFAULTS, config.bus().options());
    assertEquals(io.busbar.runner.RunnerOptions.DEFAULTS, config.runner());
    assertEquals(io.busbar.edge.HttpOptions.defaults(), config.http());
  }

  @Test
  void theRuntimeDirectoryHoldsTheSocketIfThereIsOne() {
    assertEquals(
        Path.of("data/box/box.sock"), ConfigLoader.load(ConfigFixture.NOTHING).path("rpc.socket"));
    assertEquals(
        Path.of("/run/user/1/busbar/box.sock"),
        ConfigFixture.environment("XDG_RUNTIME_DIR", "/run/user/1").path("rpc.socket"));
  }

  @Test
  void aFileThatCannotBeReadIsOneLine() throws Exception {
    assertEquals(
        List.of("none.yaml: no such file, expected a YAML file"),
        ConfigFixture.problems(ConfigFixture.NOTHING.withFile(directory.resolve("none.yaml"))));
    Path latin = Files.write(directory.resolve("latin.yaml"), new byte[] {(byte) 0xff, 'a'});
    assertEquals(
        List.of("latin.yaml: not UTF-8 text, expected a YAML file"),
        ConfigFixture.problems(ConfigFixture.NOTHING.withFile(latin)));
    assertTrue(
        ConfigFixture.problems(ConfigFixture.NOTHING.withFile(directory))
            .get(0)
            .contains("cannot be read"));
  }
}
