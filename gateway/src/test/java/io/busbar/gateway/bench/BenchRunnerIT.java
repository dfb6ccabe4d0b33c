package io.busbar.gateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code bench runner} with real processes; short, the figures mean nothing here. */
class BenchRunnerIT {

  private static JsonObject bench(String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        BusbarCli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    List<String> all =
        new ArrayList<>(
            List.of(
                "bench",
                "runner",
                "-o",
                "json",
                "--seconds",
                "0.1",
                "--warmup",
                "0",
                "--rounds",
                "1"));
    all.addAll(List.of(more));
    assertEquals(0, line.execute(all.toArray(new String[0])), () -> out + "\n" + err);
    return new JsonObject(out.toString());
  }

  private static List<String> column(JsonObject report, String name) {
    return report.getJsonArray("rows").stream()
        .map(row -> ((JsonObject) row).getString(name))
        .toList();
  }

  @Test
  void everyLoadIsMeasuredAndEveryAnswerChecked() {
    JsonObject report = bench("--only", "direct");
    assertEquals(
        List.of(
            "half-close, 64 on 8",
            "half-close, 64 on 1",
            "half-close, 1 on 1",
            "as Fn, 64 on 8",
            "as Fn, 64 on 1",
            "as Fn, 1 on 1"),
        column(report, "load"));
    report
        .getJsonArray("rows")
        .forEach(row -> assertTrue(((JsonObject) row).getLong("calls") > 0, () -> "" + row));
  }

  @Test
  void whatIsNotInstalledIsNamed() {
    JsonObject report = bench("--only", "direct,nginx,haproxy", "--style", "FN");
    for (String program : List.of("nginx", "haproxy")) {
      boolean measured = column(report, "hop").contains(program);
      boolean named = report.getJsonArray("notes").encode().contains(program + ": skipped");
      assertTrue(measured != named, report::encodePrettily);
    }
  }

  @Test
  void memoryIsCountedAtEachTenthOfTheCalls() {
    JsonObject report = bench("--memory", "1000");
    assertEquals(10, report.getJsonArray("rows").size(), report::encodePrettily);
    assertTrue(report.getJsonArray("rows").getJsonObject(9).getLong("calls") >= 1000);
    assertEquals(1, report.getJsonArray("ratios").size());
  }

  @Test
  void manyRunnersAreComparedWithFew() {
    JsonObject report = bench("--runners", "60");
    assertEquals(2, report.getJsonArray("rows").size(), report::encodePrettily);
    for (int i = 0; i < 2; i++) {
      JsonObject row = report.getJsonArray("rows").getJsonObject(i);
      assertEquals(i == 0 ? 10 : 60, row.getInteger("runners"), row::encodePrettily);
      assertTrue(row.getLong("calls") > 0, row::encodePrettily);
    }
    assertEquals(2, report.getJsonArray("ratios").size());
  }

  @Test
  void moreRunnersThanFilesMayBeOpenAreRefusedBefore() {
    StringWriter err = new StringWriter();
    CommandLine line = BusbarCli.commandLine().setErr(new PrintWriter(err));
    assertEquals(2, line.execute("bench", "runner", "--runners", "2000000000"));
    assertTrue(err.toString().contains("ulimit -n"), err::toString);
  }

  @Test
  @Tag("long")
  void allHopsAnswer() {
    assertTrue(
        column(bench("--style", "HALF_CLOSE"), "hop")
            .containsAll(List.of("one-node", "two-nodes")));
  }

  @Test
  @Tag("long")
  void largeBodiesComeBackWhole() {
    assertEquals(
        List.of("direct"),
        column(bench("--large", "--only", "direct", "--style", "HALF_CLOSE"), "hop"));
  }
}
