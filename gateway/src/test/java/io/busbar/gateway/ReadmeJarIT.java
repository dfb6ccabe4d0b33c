package io.busbar.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.FreePorts;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the README's shell commands as a reader would, against the built jar. Only ports are others,
 * so that it runs beside anything; a command that ends with {@code &} is awaited by its READY line.
 */
class ReadmeJarIT {
  private static final long RUN_SECONDS = 240;
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final String FUNCTIONS =
      """
      set -eu
      n=0
      nodes=""
      serve() {
        n=$((n + 1))
        "$@" > "node-$n.out" 2> "node-$n.err" &
        nodes="$nodes $!"
        tries=0
        until grep -q '^READY ' "node-$n.out"; do
          kill -0 $! || { cat "node-$n.err"; exit 1; }
          tries=$((tries + 1))
          [ "$tries" -lt 900 ] || { cat "node-$n.err"; exit 1; }
          sleep 0.1
        done
      }
      await_pool() {
        tries=0
        until curl -sf -o /dev/null --data-binary "$3" "http://127.0.0.1:$1/v1/pools/$2/calls"; do
          tries=$((tries + 1))
          [ "$tries" -lt 300 ] || exit 1
          sleep 0.1
        done
      }
      stop_nodes() {
        for p in $nodes; do kill -TERM "$p"; done
        for p in $nodes; do wait "$p"; done
        nodes=""
      }
      trap 'for p in $nodes; do kill -KILL "$p" 2>/dev/null || true; done' EXIT
      """;

  /** The last of those that a script's nodes are told is 52 above the first. */
  private static final int PORTS = 60;

  @TempDir Path folder;

  @Test
  void oneNodeAnswersAsTheReadmeSays() throws Exception {
    List<String> blocks = blocks("## One node");
    String channel = blocks("## A channel, and a training to watch").get(0);
    ImageIO.write(
        new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("photo.png").toFile());
    int base = FreePorts.row(PORTS);
    String output =
        run(
            base,
            script(blocks.get(0), base)
                + "await_pool "
                + base
                + " echo x\n"
                + script(blocks.get(1), base)
                + script(channel, base)
                + "stop_nodes\n");
    assertTrue(output.startsWith("hello"), output);
    assertTrue(output.contains("\"words\":6"), output);
    assertTrue(output.contains("echo@"), output);
    BufferedImage small = ImageIO.read(folder.resolve("small.png").toFile());
    assertTrue(small.getWidth() < 640, "the thumbnail is " + small.getWidth() + " wide");
    assertTrue(output.contains("{\\\"n\\\":1}"), output);
    assertTrue(output.contains("event: "), () -> "no frame of the training: " + output);
  }

  @Test
  void aClusterOfThreeAnswersAsTheReadmeSays() throws Exception {
    List<String> blocks = blocks("## A cluster of three");
    int base = FreePorts.row(PORTS);
    String output =
        run(
            base,
            script(blocks.get(0), base)
                + "await_pool "
                + (base + 1)
                + " wordcount 'to be'\n"
                + script(blocks.get(1), base)
                + "stop_nodes\n");
    assertTrue(output.contains("\"words\":6"), output);
    for (String node : List.of("a", "b", "c")) {
      assertTrue(Pattern.compile("(?m)^" + node + "\\b").matcher(output).find(), output);
    }
  }

  /** Shell blocks between that heading and the next one. */
  private static List<String> blocks(String heading) throws IOException {
    String readme = Files.readString(root().resolve("README.md"));
    int start = readme.indexOf(heading + "\n");
    assertTrue(start >= 0, "README.md has no '" + heading + "'");
    int end = readme.indexOf("\n## ", start + 1);
    Matcher matcher = BLOCK.matcher(readme.substring(start, end));
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    assertFalse(found.isEmpty(), () -> "'" + heading + "' has no shell blocks");
    return found;
  }

  private static String script(String block, int base) {
    StringBuilder script = new StringBuilder();
    for (String line : block.split("\n")) {
      String mapped =
          line.replace(":8080", ":" + base)
              .replace(":8081", ":" + (base + 1))
              .replace(":5701", ":" + (base + 10))
              .replace(":5702", ":" + (base + 11));
      if (mapped.endsWith(" &")) {
        mapped = "serve " + mapped.substring(0, mapped.length() - 2);
      } else if (mapped.contains("--max-time")) {
        // A stream has no end: curl says so with a code of its own.
        mapped += " || [ $? = 28 ]";
      }
      script.append(mapped).append('\n');
    }
    return script.toString();
  }

  private String run(int base, String script) throws Exception {
    Files.createSymbolicLink(folder.resolve("busbar"), root().resolve("busbar"));
    Path file = Files.writeString(folder.resolve("readme.sh"), FUNCTIONS + script);
    ProcessBuilder builder = new ProcessBuilder("bash", file.toString());
    builder.directory(folder.toFile()).redirectError(folder.resolve("stderr").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "BUSBAR_HTTP_PORT", "" + base,
                "BUSBAR_RUNNER_PORT", "" + (base + 20),
                "BUSBAR_MANAGEMENT_PORT", "" + (base + 30),
                "BUSBAR_CONTROL_PLANE_PORT", "" + (base + 40),
                "BUSBAR_FALCON_PORT", "" + (base + 50),
                "BUSBAR_CLUSTER_PORT", "" + (base + 10),
                "BUSBAR_CLUSTER_NAME", "readme-" + base,
                "BUSBAR_URL", "http://127.0.0.1:" + base,
                "BUSBAR_JAVA_OPTS", "-Xmx256m -XX:TieredStopAtLevel=1"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(RUN_SECONDS, TimeUnit.SECONDS), output);
    assertEquals(
        0,
        process.exitValue(),
        () -> script + "\n" + output + "\n" + readable(folder.resolve("stderr")));
    return output;
  }

  private static String readable(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }
}
