package io.busbar.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigProblemsTest {

  @TempDir private Path directory;

  @Test
  void everyProblemOfAFileIsNamedWithLineKeyValueAndExpectation() {
    assertEquals(
        List.of(
            "busbar.yaml:2: http.port: '70000', expected a port, 0 to 65535 (0 = any free one)",
            "busbar.yaml:3: http.prot: unknown key, did you mean http.port?"
                + " (busbar config reference lists all)",
            "busbar.yaml:5: node.drain-timeout: '30', expected a duration such as 500ms, 30s, 5m,"
                + " between 0 and 24h",
            "busbar.yaml:6: bus: 'fast', expected a section with host, port, public-host,"
                + " public-port, tls, frame, stream-window, peer-window, memory, probe, ahead",
            "busbar.yaml:9: pools.echo.affinity: 'sticky', expected one of none, header, fn_id,"
                + " slot_hash_id"),
        ConfigFixture.problemsOfFile(
            directory,
            """
            http:
              port: 70000
              prot: 8080
            node:
              drain-timeout: 30
            bus: fast
            pools:
              echo:
                affinity: sticky
            """));
  }

  @Test
  void aLongValueIsShortened() {
    String line = ConfigFixture.problemsOfSets("http.port=" + "x".repeat(5000)).get(0);
    assertTrue(line.length() < 250, line);
  }

  @Test
  void aSecretIsNotRepeatedInAProblem() {
    List<String> lines =
        ConfigFixture.problemsOfSets(
            "security.api-keys=[{name: a, key: 'p s s w o r d', roles: [call]}]",
            "falcon.tokens={a: topsecret}");
    assertEquals(2, lines.size());
    assertFalse(lines.toString().contains("p s s"), lines.toString());
    assertFalse(lines.toString().contains("topsecret"), lines.toString());
  }

  @Test
  void setWithoutAValueIsRefused() {
    assertEquals(
        List.of("--set: 'http.port', expected KEY=VALUE"),
        ConfigFixture.problemsOfSets("http.port"));
  }

  @Test
  void aBadVariableIsNamed() {
    assertEquals(
        List.of("BUSBAR_HTTP_PORT: http.port: 'x', expected a port, 0 to 65535 (0 = any free one)"),
        ConfigFixture.problems(
            ConfigSources.NONE.withEnvironment(java.util.Map.of("BUSBAR_HTTP_PORT", "x"))));
  }

  @Test
  void aPoolNameOfOtherCharactersIsRefused() {
    assertEquals(
        List.of(
            "busbar.yaml:2: pools.Echo!: expected a name of lower-case letters, digits, dashes and"
                + " underscores, at most 63"),
        ConfigFixture.problemsOfFile(directory, "pools:\n  Echo!:\n    queue: 1\n"));
  }

  @Test
  void aPortBeyondTheLastIsRefused() {
    assertEquals(
        List.of("--port-offset: falcon.port: '50051 + 20000', expected a sum of at most 65535"),
        ConfigFixture.problems(ConfigFixture.NOTHING.withPortOffset(20_000)));
  }

  @Test
  void portsOfOneNodeMustDiffer() {
    assertEquals(
        List.of("--set runner.port: '8080', expected a port other than that of" + " http.port"),
        ConfigFixture.problemsOfSets("runner.port=8080"));
  }

  @Test
  void aPortThatIsOffOrFreeClashesWithNone() {
    assertEquals(
        8080, ConfigFixture.sets("runner.port=8080", "http.enabled=false").runner().port());
    assertEquals(
        0, ConfigFixture.sets("runner.port=0", "http.port=0", "management.port=0").runner().port());
  }

  @Test
  void typesOfTheWrongShapeAreRefused() {
    assertEquals(
        List.of(
            "--set http.port: '[…]', expected a port, 0 to 65535 (0 = any free one)",
            "--set cluster.join: 'a:1', expected a list, each host:port",
            "--set http.enabled: 'yes', expected true or false",
            "--set bus.frame: '64KB', expected a size such as 512B, 64KiB, 4MiB, between"
                + " 1KiB and 1MiB",
            "--set routes: routes[0].match: 'color', expected app_id, app_name, fn_id, image, type,"
                + " annotation.KEY, header.NAME or extension.KEY",
            "--set security.api-keys: security.api-keys[0].roles: missing, expected {name, key,"
                + " roles}",
            "--set cluster.host: '300.1.1.1', expected a host name or an address"),
        ConfigFixture.problemsOfSets(
            "http.port=[1]",
            "cluster.join=a:1",
            "http.enabled=yes",
            "bus.frame=64KB",
            "routes=[{match: {color: red}, pool: a}]",
            "security.api-keys=[{name: a, key: 12345678}]",
            "cluster.host=300.1.1.1"));
  }

  @Test
  void windowsMustFitIntoEachOther() {
    assertEquals(
        List.of("--set bus.peer-window: '128KiB', expected at least" + " bus.stream-window"),
        ConfigFixture.problemsOfSets("bus.peer-window=128KiB"));
  }

  @Test
  void secretsAreMaskedWhenShown() {
    Config config =
        ConfigFixture.sets(
            "security.api-keys=[{name: ops, key: very-secret-key, roles: [operate]}]",
            "training.api-keys=[another-secret]",
            "plugins=[{use: echo, config: {password: hidden}}]");
    String shown = config.shown().toString();
    assertFalse(shown.contains("very-secret-key"), shown);
    assertFalse(shown.contains("another-secret"), shown);
    assertFalse(shown.contains("hidden"), shown);
    assertTrue(shown.contains("{name: ops, key: ****, roles: [operate]}"), shown);
    assertEquals("very-secret-key", config.security().apiKeys().get(0).secret());
  }
}
