package io.busbar.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code ./busbar} in a folder of its own, with a Maven and a Java that only write down
 * how they were called.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  private static final long RUN_SECONDS = 60;

  @TempDir Path folder;
  private Path home;
  private Path tools;
  private Path jar;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void checkout() throws IOException {
    // Maven runs the tests in the module's folder.
    home = Files.createDirectory(folder.resolve("check out")).toRealPath();
    tools = Files.createDirectory(folder.resolve("tools"));
    jar = home.resolve("gateway/target/busbar.jar");
    script(home.resolve("busbar"), Files.readString(Path.of("..", "busbar")));
    java("17.0.9");
    maven("echo '[INFO] Building Busbar'; mkdir -p gateway/target; echo \"$@\" >> " + jar(""));
  }

  /** As a word of a shell. */
  private String jar(String suffix) {
    return "'" + jar + suffix + "'";
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void java(String version) throws IOException {
    script(
        tools.resolve("java"),
        """
        #!/bin/sh
        if [ "$1" = -version ]; then echo 'openjdk version "%s"' >&2; exit 0; fi
        for word in "$@"; do echo "$word"; done
        exit 7
        """
            .formatted(version));
  }

  private void maven(String does) throws IOException {
    script(tools.resolve("mvn"), "#!/bin/sh\n" + does + "\n");
  }

  private Ended run(Path launcher, String javaOptions, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(words));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("BUSBAR_JAVA_OPTS", javaOptions);
    builder.environment().merge("PATH", tools.toString(), (path, first) -> first + ":" + path);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(RUN_SECONDS, TimeUnit.SECONDS), "it runs on");
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Ended run(String... words) throws Exception {
    return run(home.resolve("busbar"), "", words);
  }

  @Test
  void theJarIsBuiltWhenItIsNotThere() throws Exception {
    Ended ended = run("serve", "--name", "a b");
    assertEquals(7, ended.code(), ended.err());
    assertTrue(ended.out().endsWith("-jar\n" + jar + "\nserve\n--name\na b\n"), ended.out());
    assertTrue(Files.readString(jar).contains("-DskipTests"), "built by Maven without tests");
    assertTrue(ended.err().contains("building " + jar), ended.err());
  }

  @Test
  void aJarThatIsThereIsRunAsItIs() throws Exception {
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "there");
    Ended ended = run("version");
    assertEquals(7, ended.code(), ended.err());
    assertEquals("there", Files.readString(jar));
    assertEquals("", ended.err());
  }

  @Test
  void rebuildBuildsItAgain() throws Exception {
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "there\n");
    Ended ended = run("--rebuild", "version");
    assertTrue(ended.out().endsWith(jar + "\nversion\n"), "its own word is not passed on");
    assertTrue(Files.readString(jar).startsWith("there\n-B "), "built once more");
  }

  @Test
  void aBuildThatFailsIsToldWithItsErrorsAndItsLog() throws Exception {
    maven("echo '[INFO] Building Busbar'; echo '[ERROR] no disk'; exit 1");
    Ended ended = run("version");
    assertEquals(2, ended.code());
    assertEquals("", ended.out());
    assertTrue(ended.err().contains("[ERROR] no disk\n"), ended.err());
    Path log = jar.resolveSibling("busbar-build.log");
    assertTrue(ended.err().contains("the build failed; the whole log is " + log), ended.err());
    assertTrue(Files.readString(log).contains("no disk"));
  }

  @Test
  void aLinkFromAnotherFolderFindsTheCheckout() throws Exception {
    Path chained = Files.createSymbolicLink(folder.resolve("one"), home.resolve("busbar"));
    Path link = Files.createSymbolicLink(folder.resolve("two"), chained.getFileName());
    assertTrue(run(link, "", "version").out().contains("\n" + jar + "\n"));
  }

  @Test
  void anOldJavaIsRefusedByItsVersion() throws Exception {
    java("11.0.2");
    Ended ended = run("version");
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains("Java 11 found at "), ended.err());
    assertTrue(ended.err().contains("needs 17 or newer"), ended.err());
  }

  @Test
  void aCollectorThatIsNamedTakesThePlaceOfOurs() throws Exception {
    Path launcher = home.resolve("busbar");
    assertTrue(run(launcher, "-Xmx64m", "version").out().contains("-XX:+UseParallelGC\n-Xmx64m\n"));
    String named = run(launcher, "-XX:+UseSerialGC", "version").out();
    assertTrue(named.contains("-XX:+UseSerialGC\n"), named);
    assertFalse(named.contains("ParallelGC"), named);
  }
}
