package io.busbar.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.FailureCode;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.host.FakeServedCall;
import io.busbar.plugin.host.HostStage;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/plugins.md shows, compiled and run. */
class PluginsPageTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("public (?:final )?class (\\w+)");

  @TempDir private static Path dir;
  private static String page;
  private static ClassLoader classes;

  @BeforeAll
  static void compile() throws IOException {
    page = Files.readString(Path.of("..", "docs", "plugins.md"));
    List<Path> sources = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(page);
    while (blocks.find()) {
      Matcher type = TYPE.matcher(blocks.group(1));
      assertTrue(type.find(), blocks.group(1));
      sources.add(Files.writeString(dir.resolve(type.group(1) + ".java"), blocks.group(1)));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  errors,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      dir.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertTrue(compiled, errors.toString());
    }
    classes =
        new URLClassLoader(new URL[] {dir.toUri().toURL()}, PluginsPageTest.class.getClassLoader());
  }

  private static BusbarPlugin plugin(String name) {
    try {
      return (BusbarPlugin) classes.loadClass("acme." + name).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  @Test
  void theFirstPluginFitsIn20Lines() {
    Matcher first = BLOCK.matcher(page);
    assertTrue(first.find());
    long lines =
        first.group(1).lines().filter(l -> !l.isBlank() && !l.startsWith("import")).count();
    assertTrue(lines <= 20, lines + " lines");
  }

  @Test
  void theTestOnThePagePasses() throws Exception {
    Class<?> type = classes.loadClass("acme.ReverseTest");
    Method test = type.getMethod("answersBackwards");
    test.invoke(type.getConstructor().newInstance());
  }

  @Test
  void theStreamingPluginSendsAFile() throws IOException {
    Path file = Files.writeString(dir.resolve("some.txt"), "some text");
    try (HostStage stage = HostStage.with(() -> plugin("Files"))) {
      FakeServedCall call = stage.call("X-Path", file.toString());
      assertNull(HostStage.failureOf(call));
      assertEquals("some text", call.body().toString());

      FakeServedCall missing = stage.call("X-Path", dir.resolve("none").toString());
      assertEquals(FailureCode.WORKER_FAILED, HostStage.failureOf(missing).code());
    }
  }

  @Test
  void thePickyPluginSaysNo() {
    try (HostStage stage = HostStage.with(() -> plugin("Picky"))) {
      assertEquals(
          FailureCode.UNSUPPORTED_MEDIA,
          HostStage.failureOf(stage.call("Content-Type", "text/plain")).code());
      assertNull(HostStage.failureOf(stage.call("Content-Type", "application/json")));
    }
  }

  @Test
  void theRelayFailsLikeThePoolBehindIt() {
    try (HostStage stage = HostStage.with(() -> plugin("Relay"))) {
      assertEquals(FailureCode.NO_SUCH_POOL, HostStage.failureOf(stage.call().sends("x")).code());
    }
  }

  @Test
  void theApplicationIsThere() throws Exception {
    assertNotNull(classes.loadClass("acme.App").getMethod("start", String.class));
  }

  @Test
  void namedFilesAndSectionsExist() throws Exception {
    Matcher links = Pattern.compile("\\]\\(([^)#]+)(#[^)]+)?\\)").matcher(page);
    while (links.find()) {
      Path file = Path.of("..", "docs").resolve(links.group(1));
      assertTrue(Files.exists(file), links.group(1));
      if (links.group(2) != null) {
        assertTrue(sections(file).contains(links.group(2)), links.group());
      }
    }
  }

  /** Anchors of a page's headings, as a viewer of the repository makes them. */
  private static Set<String> sections(Path page) throws IOException {
    try (Stream<String> lines = Files.lines(page)) {
      return lines
          .filter(line -> line.startsWith("#"))
          .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
          .map(title -> "#" + title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
          .collect(Collectors.toSet());
    }
  }
}
