package io.busbar.gateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code bench fanout} with real processes; short, the figures mean nothing here. */
class BenchFanoutIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... arguments) {
    CommandLine line =
        BusbarCli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  @Test
  void everyFrameReachesEverySocketUnderEveryLoad() {
    int code =
        bench(
            "bench",
            "fanout",
            "-o",
            "json",
            "--sockets",
            "20",
            "--rate",
            "400",
            "--seconds",
            "1",
            "--warmup",
            "0",
            "--rounds",
            "1");
    assertEquals(0, code, () -> out + "\n" + err);
    JsonObject report = new JsonObject(out.toString());
    List<JsonObject> node =
        report.getJsonArray("rows").stream()
            .map(JsonObject.class::cast)
            .filter(row -> row.getString("server").equals("one-node"))
            .toList();
    assertEquals(
        List.of("evenly", "in bursts", "evenly, a slow reader"),
        node.stream().map(row -> row.getString("load")).toList());
    node.forEach(row -> assertEquals(400, row.getLong("deliveries"), row::encode));
    boolean measured = report.getJsonArray("rows").size() == 6;
    boolean named = report.getJsonArray("notes").encode().contains("nchan: skipped");
    assertTrue(measured != named, report::encodePrettily);
  }

  @Test
  void aRateBelowOneFramePerSocketIsRefused() {
    assertEquals(2, bench("bench", "fanout", "--sockets", "1000", "--rate", "999"));
    assertTrue(err.toString().contains("--rate 999"), err::toString);
  }
}
