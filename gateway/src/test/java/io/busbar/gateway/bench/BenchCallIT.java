package io.busbar.gateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCallIT {
  private static JsonObject bench(String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = BusbarCli.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] fixed = {
      "bench",
      "call",
      "-o",
      "json",
      "--seconds",
      "0.2",
      "--warmup",
      "0",
      "--rounds",
      "1",
      "--in-flight",
      "4",
      "--connections",
      "2"
    };
    String[] all = new String[fixed.length + more.length];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(more, 0, all, fixed.length, more.length);
    assertEquals(0, line.execute(all), () -> out + "\n" + err);
    return new JsonObject(out.toString());
  }

  private static List<String> names(JsonArray rows, String key) {
    return rows.stream().map(row -> ((JsonObject) row).getString(key)).toList();
  }

  @Test
  void aNodeIsComparedWithTheDirectServer() {
    JsonObject report = bench("--only", "direct,one-node");
    JsonArray rows = report.getJsonArray("rows");
    assertEquals(List.of("direct", "one-node"), names(rows, "target"));
    rows.forEach(
        row -> assertTrue(((JsonObject) row).getLong("calls") >= 4, () -> "calls in " + row));
    assertEquals(2, report.getJsonArray("ratios").size());
  }

  @Test
  @Tag("long")
  void allFourTargetsAnswer() {
    JsonArray rows = bench().getJsonArray("rows");
    assertEquals(CallScenario.NAMES, names(rows, "target"));
  }

  @Test
  @Tag("long")
  void idleCallsAreWeighed() {
    JsonArray rows = bench("--idle", "200").getJsonArray("rows");
    assertEquals(List.of("entry node", "worker node"), names(rows, "side"));
  }

  @Test
  @Tag("long")
  void aTensorIsComparedWithTheBareBus() {
    JsonArray rows = bench("--tensors", "--size", "1MiB").getJsonArray("rows");
    assertEquals(2, rows.size());
  }

  @Test
  @Tag("long")
  void aLargeBodyIsComparedWithTheBareBus() {
    JsonArray rows = bench("--large", "--size", "1MiB").getJsonArray("rows");
    assertEquals(3, rows.size());
  }

  @Test
  @Tag("long")
  void manyWorkersAreComparedWithFew() {
    JsonArray rows = bench("--workers", "200").getJsonArray("rows");
    assertEquals(List.of("10-workers", "200-workers"), names(rows, "target"));
  }
}
