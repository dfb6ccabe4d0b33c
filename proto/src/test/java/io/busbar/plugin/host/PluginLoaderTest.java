package io.busbar.plugin.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.plugin.BusbarPlugin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles small plugins into jars, and loads them. */
class PluginLoaderTest {
  private static final String SERVICE = "META-INF/services/" + BusbarPlugin.class.getName();

  @TempDir Path dir;
  private final PluginLoader loader = new PluginLoader(getClass().getClassLoader());

  @AfterEach
  void close() {
    loader.close();
  }

  private static String source(String type, String name, String constructor) {
    return """
        package acme;
        import io.busbar.plugin.*;
        import io.vertx.core.Future;
        public class %s implements WorkerPlugin {
          public static int made;
          public %s() { made++; %s }
          public PluginDescriptor descriptor() { return PluginDescriptor.of("%s", "test"); }
          public Future<?> serve(PluginCall call) { return call.end(); }
        }
        """
        .formatted(type, type, constructor, name);
  }

  private Path jar(String file, String type, String source, String service) throws IOException {
    return jar(file, type, source, service, Map.of());
  }

  private Path jar(
      String file, String type, String source, String service, Map<String, String> attributes)
      throws IOException {
    Path work = Files.createDirectories(dir.resolve(file + ".d"));
    Path java = work.resolve(type + ".java");
    Files.writeString(java, source);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                work.toString(),
                java.toString());
    assertEquals(0, result);
    Map<String, byte[]> entries = new TreeMap<>();
    entries.put(
        "acme/" + type + ".class", Files.readAllBytes(work.resolve("acme/" + type + ".class")));
    if (service != null) {
      entries.put(SERVICE, service.getBytes(StandardCharsets.UTF_8));
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(manifest.getMainAttributes()::putValue);
    Path path = dir.resolve(file);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(path), manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
    return path;
  }

  private String refusal(String reference) {
    var refused = assertThrows(IllegalArgumentException.class, () -> loader.load(reference));
    assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
    return refused.getMessage();
  }

  @Test
  void aJarsPluginIsFoundByItsService() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), "acme.A");
    PluginSource source = loader.load(jar.toString()).get(0);
    assertEquals("alpha", source.descriptor().name());
    assertTrue(source.worker());
    assertEquals(jar.toString(), source.origin());
    assertNotSame(source.factory().get(), source.factory().get());
  }

  @Test
  void twoJarsWithTheSameClassDoNotMeet() throws Exception {
    PluginSource one =
        loader.load(jar("1.jar", "A", source("A", "one", ""), "acme.A").toString()).get(0);
    PluginSource two =
        loader.load(jar("2.jar", "A", source("A", "two", ""), "acme.A").toString()).get(0);
    Class<?> first = one.factory().get().getClass();
    Class<?> second = two.factory().get().getClass();
    assertEquals(first.getName(), second.getName());
    assertNotSame(first, second);
    assertEquals(2, first.getField("made").getInt(null));
  }

  @Test
  void aJarSeesTheApiAndNothingElseOfTheNode() throws Exception {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), "acme.A");
    ClassLoader of = loader.load(jar.toString()).get(0).loader();
    for (String api :
        List.of(
            "io.busbar.plugin.PluginCall",
            "io.busbar.failure.Failure",
            "io.vertx.core.Vertx",
            "io.vertx.core.json.JsonObject",
            "com.google.protobuf.ByteString",
            "org.slf4j.Logger",
            "java.sql.Connection")) {
      assertEquals(api, of.loadClass(api).getName());
    }
    for (String inner :
        List.of(
            "io.busbar.plugin.host.PluginHost",
            "io.busbar.member.Membership",
            "com.hazelcast.core.Hazelcast",
            "org.junit.jupiter.api.Test",
            "ch.qos.logback.classic.Logger")) {
      assertThrows(ClassNotFoundException.class, () -> of.loadClass(inner));
    }
    assertEquals(null, of.getResource("logback-test.xml"));
  }

  @Test
  void aFileThatIsNotThere() {
    assertEquals(
        "plugin '/no/such.jar': no such file; give the path of the plugin's jar",
        refusal("/no/such.jar"));
  }

  @Test
  void aFileThatIsNoJar() throws IOException {
    Path file = Files.writeString(dir.resolve("x.jar"), "not a zip");
    assertTrue(refusal(file.toString()).contains("not a jar"));
  }

  @Test
  void aJarWithoutService() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), null);
    assertTrue(refusal(jar.toString()).endsWith("list the plugin's class in " + SERVICE));
  }

  @Test
  void aServiceThatNamesNoClass() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), "acme.Missing");
    String message = refusal(jar.toString());
    assertTrue(message.contains("acme.Missing"), message);
  }

  @Test
  void aConstructorThatThrows() throws IOException {
    Path jar =
        jar(
            "a.jar",
            "A",
            source("A", "alpha", "if (true) throw new IllegalStateException(\"no\\nlicence\");"),
            "acme.A");
    String message = refusal(jar.toString());
    assertTrue(
        message.endsWith("constructor or descriptor threw IllegalStateException: no licence"),
        message);
  }

  @Test
  void aNameThatIsNone() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "Alpha Beta", ""), "acme.A");
    String message = refusal(jar.toString());
    assertTrue(message.contains("plugin name 'Alpha Beta'"), message);
  }

  @Test
  void aNewerInterface() throws IOException {
    Path jar =
        jar(
            "a.jar",
            "A",
            source("A", "alpha", ""),
            "acme.A",
            Map.of(PluginLoader.API_ATTRIBUTE, "99"));
    String message = refusal(jar.toString());
    assertTrue(message.contains("needs plugin interface 99, this node has 1"), message);
  }

  @Test
  void aNewerJava() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), "acme.A");
    Path newer = dir.resolve("newer.jar");
    rewriteClassVersion(jar, newer);
    String message = refusal(newer.toString());
    assertTrue(message.contains("built for a newer Java than this one"), message);
  }

  private static void rewriteClassVersion(Path from, Path to) throws IOException {
    try (var in = new java.util.zip.ZipInputStream(Files.newInputStream(from));
        var out = new JarOutputStream(Files.newOutputStream(to))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] bytes = in.readAllBytes();
        if (entry.getName().endsWith(".class")) {
          bytes[6] = 0;
          bytes[7] = (byte) 200;
        }
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(bytes);
      }
    }
  }

  @Test
  void aLibraryThatIsMissing() throws IOException {
    String source =
        source("A", "alpha", "")
            .replace(
                "return PluginDescriptor",
                "org.junit.jupiter.api.Assertions.assertTrue(true); return PluginDescriptor");
    Path jar = jar("a.jar", "A", source, "acme.A");
    String message = refusal(jar.toString());
    assertTrue(message.contains("lacks a library"), message);
    assertTrue(message.contains("org/junit/jupiter/api/Assertions"), message);
  }

  @Test
  void oneNameTwice() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), "acme.A");
    Path copy = Files.copy(jar, dir.resolve("b.jar"));
    loader.load(jar.toString());
    assertEquals(
        "plugin '"
            + copy
            + "': a plugin named 'alpha' was loaded already from "
            + jar
            + "; leave one of them out",
        refusal(copy.toString()));
  }

  @Test
  void aSampleThatIsNotThere() {
    assertTrue(refusal("nosuch").startsWith("plugin 'nosuch': no sample of that name"));
  }

  @Test
  void aClassThatIsNotThereOrIsNoPlugin() {
    assertTrue(refusal("acme.Nothing").contains("no such class on the class path"));
    assertTrue(refusal("java.lang.String").contains("does not implement"));
  }

  @Test
  void aClassOnTheClassPath() {
    PluginSource source = loader.load(ClassPathPlugin.class.getName()).get(0);
    assertInstanceOf(ClassPathPlugin.class, source.factory().get());
    assertFalse(source.worker());
  }

  @Test
  void closingClosesTheJars() throws IOException {
    Path jar = jar("a.jar", "A", source("A", "alpha", ""), "acme.A");
    ClassLoader of = loader.load(jar.toString()).get(0).loader();
    loader.close();
    assertThrows(ClassNotFoundException.class, () -> of.loadClass("acme.Other"));
    assertEquals(null, of.getResource(SERVICE));
  }

  @Test
  void theOrderOfReferencesIsKept() throws IOException {
    List<String> references = new ArrayList<>();
    for (String name : List.of("zeta", "beta", "alpha")) {
      references.add(jar(name + ".jar", "A", source("A", name, ""), "acme.A").toString());
    }
    assertEquals(
        List.of("zeta", "beta", "alpha"),
        loader.loadAll(references).stream().map(s -> s.descriptor().name()).toList());
  }
}
