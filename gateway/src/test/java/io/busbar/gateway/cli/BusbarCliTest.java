package io.busbar.gateway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.config.ReferencePrinter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class BusbarCliTest {

  private record Result(int code, String out, String err) {}

  private static Result run(CommandLine line, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Result(line.execute(args), out.toString(), err.toString());
  }

  private static Result run(String... args) {
    return run(BusbarCli.commandLine(), args);
  }

  private static List<CommandLine> all(CommandLine line) {
    List<CommandLine> list = new ArrayList<>(List.of(line));
    line.getSubcommands().values().forEach(sub -> list.addAll(all(sub)));
    return list;
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    for (CommandLine line : all(BusbarCli.commandLine())) {
      String name = line.getCommandSpec().qualifiedName();
      assertTrue(line.getCommandSpec().findOption("--help").usageHelp(), name);
      assertTrue(line.getUsageMessage().contains("Example"), name);
      assertTrue(line.getUsageMessage().contains("busbar " + lastWords(name)), name);
    }
  }

  private static String lastWords(String qualified) {
    return qualified.replaceFirst("busbar ?", "");
  }

  @Test
  void helpEndsWithZero() {
    Result result = run("config", "show", "--help");
    assertEquals(0, result.code());
    assertTrue(result.out().startsWith("Usage: busbar config show"), result.out());
  }

  @Test
  void versionIsPrinted() {
    Result result = run("--version");
    assertEquals(0, result.code());
    assertTrue(result.out().startsWith("busbar "), result.out());
  }

  @Test
  void wrongUsageIsOneLineAndTwo() {
    assertUsage("busbar: a noun is missing (see busbar --help)");
    assertUsage(
        "busbar config: unknown command 'chek', did you mean check? (see busbar config --help)",
        "config",
        "chek");
    assertUsage(
        "busbar: unknown command 'wrker', did you mean worker? (see busbar --help)", "wrker");
    assertUsage(
        "busbar config: unknown command 'banana', expected check, reference, show (see busbar config --help)",
        "config",
        "banana");
    assertUsage(
        "busbar config show: unknown argument '--port-ofset', did you mean --port-offset? (see busbar config show"
            + " --help)",
        "config",
        "show",
        "--port-ofset");
    assertUsage(
        "busbar config: expected check, show or reference (see busbar config --help)", "config");
  }

  private static void assertUsage(String line, String... args) {
    Result result = run(args);
    assertEquals(2, result.code());
    assertEquals(line + "\n", result.err().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void aPortOffsetThatIsNoNumberIsWrongUsage() {
    Result result = run("config", "check", "--port-offset", "x");
    assertEquals(2, result.code());
    assertEquals(1, result.err().lines().count());
  }

  @Test
  void aSoundConfigurationIsOk() {
    Result result = run("config", "check");
    assertEquals(0, result.code());
    assertEquals("ok", result.out().strip());
  }

  @Test
  void everyProblemIsALineAndTheCodeIsTwo(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("b.yaml"), "http:\n  port: x\n  prot: 1\n");
    Result result = run("config", "check", "--config", file.toString());
    assertEquals(2, result.code());
    assertEquals(2, result.err().lines().count());
    assertTrue(result.err().startsWith("busbar config check: " + file + ":2: http.port: 'x'"));
  }

  @Test
  void problemsComeAsJsonToo() {
    Result result = run("config", "check", "-o", "json", "--set", "http.port=x");
    assertEquals(2, result.code());
    JsonObject verdict = new JsonObject(result.out());
    assertFalse(verdict.getBoolean("valid"));
    JsonObject problem = verdict.getJsonArray("problems").getJsonObject(0);
    assertEquals("http.port", problem.getString("key"));
    assertEquals("x", problem.getString("value"));
    assertTrue(problem.getString("expected").startsWith("expected a port"));
  }

  @Test
  void showNamesValueAndOrigin() {
    Result result = run("config", "show", "--set", "http.port=1234");
    assertTrue(
        result.out().lines().anyMatch(l -> l.matches("http.port +1234 +flag --set http.port")),
        result.out());
    JsonArray all = new JsonArray(run("config", "show", "-o", "json").out());
    JsonObject first = all.getJsonObject(0);
    assertEquals("node.name", first.getString("key"));
    assertEquals("default", first.getString("origin"));
  }

  @Test
  void referenceComesInEachForm() {
    for (ReferencePrinter.Format format : ReferencePrinter.Format.values()) {
      Result result = run("config", "reference", "--format", format.name());
      assertEquals(0, result.code());
      assertTrue(result.out().contains("drain-timeout"), format.name());
    }
    assertTrue(new JsonArray(run("config", "reference", "-o", "json").out()).size() > 100);
  }

  @Test
  void completionKnowsTheNouns() {
    Result result = run("completion");
    assertEquals(0, result.code());
    assertTrue(result.out().contains("function _complete_busbar()"));
    assertTrue(result.out().contains("serve"));
  }

  @Command(name = "broken")
  private static final class Broken implements Runnable {
    private final RuntimeException failure;

    Broken(RuntimeException failure) {
      this.failure = failure;
    }

    @Override
    public void run() {
      throw failure;
    }
  }

  private static Result fail(RuntimeException failure, String... more) {
    CommandLine line = BusbarCli.commandLine();
    line.addSubcommand(new Broken(failure));
    List<String> args = new ArrayList<>(List.of("broken"));
    args.addAll(List.of(more));
    return run(line, args.toArray(String[]::new));
  }

  @Test
  void anUnexpectedErrorIsOneLineAndOne() {
    Result result = fail(new IllegalStateException("odd\nmore"));
    assertEquals(1, result.code());
    assertEquals(
        "busbar broken: unexpected IllegalStateException: odd (--debug shows where)",
        result.err().strip());
  }

  @Test
  void debugShowsWhere() {
    CommandLine line = BusbarCli.commandLine();
    line.addSubcommand(new Broken(new IllegalStateException("odd")));
    Result result = run(line, "--debug", "broken");
    assertTrue(result.err().contains("\tat "), result.err());
  }

  @Test
  void failuresDecideTheCodeBySafetyOfARetry() {
    assertEquals(4, fail(Failure.of(FailureCode.BUSY, "x").toException()).code());
    assertEquals(1, fail(Failure.of(FailureCode.WORKER_FAILED, "x").toException()).code());
  }

  @Test
  void aCommandMayChooseItsCode() {
    Result result = fail(new CliException(ExitCode.UNREACHABLE, "nobody at http://x"));
    assertEquals(3, result.code());
    assertEquals("busbar broken: nobody at http://x", result.err().strip());
  }
}
