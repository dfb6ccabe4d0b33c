package io.busbar.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the README's grpcurl command against a node. Needs Go, which builds grpcurl into the build
 * folder; without it the test says so and is skipped. Profile {@code fn-peers}.
 */
@Tag("fn-peers")
class ReadmeGrpcurlIT {
  private static final String GRPCURL = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3";
  private static final long INSTALL_SECONDS = 900;
  private static final long RUN_SECONDS = 60;
  private static final Pattern COMMAND =
      Pattern.compile("```sh grpcurl\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROUTES = Pattern.compile("--set '(routes=.*?)'");

  @TempDir Path folder;

  @Test
  void theReadmesCommandIsAnsweredWithItsBytes() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "go"))),
        "SKIPPED: no Go on the path, so grpcurl cannot be built");
    Path bin = Path.of("target/fn-peers/bin").toAbsolutePath();
    if (!Files.isExecutable(bin.resolve("grpcurl"))) {
      run(INSTALL_SECONDS, Map.of("GOBIN", bin.toString()), "go", "install", GRPCURL);
    }
    String readme = Files.readString(Path.of("..", "README.md"));
    try (NodeProcess node =
        NodeProcess.start("one", folder, "--plugin", "echo", "--set", found(ROUTES, readme))) {
      Eventually.passes(
          Duration.ofSeconds(60),
          node::log,
          () -> assertEquals(200, node.call("echo", "x").statusCode()));
      String command = found(COMMAND, readme).replace("127.0.0.1:9190", node.ready().get("runner"));
      String path = bin + ":" + System.getenv("PATH");
      String answer = run(RUN_SECONDS, Map.of("PATH", path), "bash", "-euc", command);
      assertTrue(answer.contains("\"aGVsbG8=\""), answer);
      assertTrue(answer.contains("\"success\": true"), answer);
    }
  }

  private static String found(Pattern pattern, String readme) {
    Matcher matcher = pattern.matcher(readme);
    assertTrue(matcher.find(), "README.md has nothing like " + pattern);
    return matcher.group(1);
  }

  private String run(long seconds, Map<String, String> environment, String... command)
      throws Exception {
    Path errors = folder.resolve("stderr");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(Path.of("..").toFile()).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    assertTrue(
        ended && process.exitValue() == 0, () -> List.of(command) + "\n" + output + text(errors));
    return output;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
