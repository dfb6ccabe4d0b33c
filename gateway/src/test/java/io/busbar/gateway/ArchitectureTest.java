package io.busbar.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The walls of the house. */
class ArchitectureTest {
  private static final List<String> ADAPTERS =
      List.of("runner", "fnclient", "fnlb", "http", "websocket", "falcon", "controlplane", "rpc");
  private static final int MOST_LINES = 400;
  private static final Pattern ADDRESS =
      Pattern.compile("\"busbar\\.(inbox|channel|command|ownership|members|workers)\\b");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("test-classes"))
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.busbar");
  }

  @TestFactory
  Stream<DynamicTest> noAdapterKnowsAnother() {
    return ADAPTERS.stream()
        .map(
            adapter ->
                dynamicTest(
                    adapter,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage("io.busbar." + adapter + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(
                                ADAPTERS.stream()
                                    .filter(other -> !other.equals(adapter))
                                    .map(other -> "io.busbar." + other + "..")
                                    .toArray(String[]::new))
                            .allowEmptyShould(true)
                            .check(classes)));
  }

  @Test
  void theContractKnowsNeitherVerticlesNorGateway() throws IOException {
    String[] behind =
        Stream.concat(packagesOf("verticles"), packagesOf("gateway")).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(packagesOf("proto").toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(behind)
        .check(classes);
  }

  @Test
  void verticlesDoNotKnowTheGateway() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.busbar.gateway..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.busbar.gateway..")
        .check(classes);
  }

  @Test
  void samplesKnowTheContractOnly() throws IOException {
    String[] behind =
        Stream.concat(packagesOf("verticles"), packagesOf("gateway")).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("io.busbar.samples..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(behind)
        .check(classes);
  }

  @Test
  void packagesOfTheVerticlesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching(
            "io.busbar.(dispatch|registry|runner|fn|fnclient|fnlb|http|edge|routing|websocket"
                + "|membership|metrics|security|grpc|http2)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void nothingWaitsOnAThread() {
    // The command line runs on threads of its own, before and beside the event loops.
    noClasses()
        .that()
        .resideOutsideOfPackages("io.busbar.gateway.cli..", "io.busbar.gateway.bench..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(java.util.concurrent.CompletableFuture.class, "join")
        .orShould()
        .callMethod(io.vertx.core.Future.class, "await")
        .check(classes);
  }

  @Test
  void noMutableStatics() {
    List<String> found =
        classes.stream()
            .filter(c -> !isGenerated(c.getPackageName()))
            .flatMap(c -> c.getFields().stream())
            .filter(f -> f.getModifiers().contains(JavaModifier.STATIC))
            .filter(f -> !f.getModifiers().contains(JavaModifier.FINAL))
            .map(JavaField::getFullName)
            .toList();
    assertEquals(List.of(), found, "static fields that can change");
  }

  @Test
  void addressesAreWrittenDownInOnePlace() throws IOException {
    List<Path> found =
        sources("main")
            .filter(p -> !p.endsWith("io/busbar/bus/Addresses.java"))
            .filter(p -> ADDRESS.matcher(text(p)).find())
            .toList();
    assertEquals(List.of(), found, "bus addresses outside the address class");
  }

  @Test
  void noFileIsLongerThanFourHundredLines() throws IOException {
    List<String> found =
        sources("main")
            .filter(p -> text(p).lines().count() > MOST_LINES)
            .map(p -> p + ": " + text(p).lines().count())
            .toList();
    assertEquals(List.of(), found, "files over " + MOST_LINES + " lines");
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    List<Path> found =
        sources("main")
            .map(Path::getParent)
            .distinct()
            .filter(p -> !Files.exists(p.resolve("package-info.java")))
            .toList();
    assertEquals(List.of(), found, "packages without package-info.java");
  }

  @Test
  void noDrawerPackages() {
    Pattern drawer =
        Pattern.compile("(^|\\.)(util|utils|common|helper|helpers|misc|manager)(\\.|$)");
    List<String> found =
        classes.stream()
            .map(c -> c.getPackageName())
            .distinct()
            .filter(p -> drawer.matcher(p).find())
            .toList();
    assertEquals(List.of(), found, "packages without a purpose of their own");
  }

  @Test
  void theWallsHaveSomethingToHold() {
    assertFalse(classes.isEmpty(), "no classes were read");
  }

  private static boolean isGenerated(String packageName) {
    return packageName.startsWith("io.busbar.bus.v1")
        || packageName.startsWith("io.busbar.fn.wire")
        || packageName.startsWith("io.busbar.gocart.");
  }

  /** Packages that a module's sources declare. */
  private static Stream<String> packagesOf(String module) throws IOException {
    Path root = projectRoot().resolve(module).resolve("src/main/java");
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(p -> p.toString().endsWith(".java"))
          .map(p -> root.relativize(p.getParent()).toString().replace('/', '.'))
          .distinct()
          .toList()
          .stream();
    }
  }

  private static Stream<Path> sources(String kind) throws IOException {
    Path root = projectRoot();
    return Stream.of("proto", "verticles", "samples", "gateway")
        .map(module -> root.resolve(module).resolve("src").resolve(kind).resolve("java"))
        .filter(Files::isDirectory)
        .flatMap(ArchitectureTest::javaFiles);
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(p -> p.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path projectRoot() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("proto")) ? here : here.getParent();
  }
}
