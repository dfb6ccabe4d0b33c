package io.busbar.gateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code bench owner} with real processes; short, the figures mean nothing here. */
class BenchOwnerIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... arguments) {
    CommandLine line =
        BusbarCli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  @Test
  void everyRequestOfEachKindIsDone() {
    int code =
        bench(
            "bench",
            "owner",
            "-o",
            "json",
            "--only",
            "one-node,etcd-1",
            "--seconds",
            "0.5",
            "--warmup",
            "0",
            "--rounds",
            "1");
    assertEquals(0, code, () -> out + "\n" + err);
    JsonObject report = new JsonObject(out.toString());
    List<JsonObject> rows =
        report.getJsonArray("rows").stream().map(JsonObject.class::cast).toList();
    List<String> node =
        rows.stream()
            .filter(row -> row.getString("store").equals("one-node"))
            .filter(row -> row.getLong("requests") > 0)
            .map(row -> row.getString("request"))
            .toList();
    assertEquals(List.of("claim", "renew", "read"), node);
    boolean measured = rows.size() == 6;
    boolean named = report.getJsonArray("notes").encode().contains("etcd: skipped");
    assertTrue(measured != named, report::encodePrettily);
  }

  @Test
  @Tag("long")
  void allKeysOfADeadNodeAreTakenOver() {
    int code = bench("bench", "owner", "-o", "json", "--keys", "200");
    assertEquals(0, code, () -> out + "\n" + err);
    JsonObject report = new JsonObject(out.toString());
    assertEquals(3, report.getJsonArray("rows").size());
    assertTrue(
        report.getJsonObject("facts").containsKey("from the verdict to the last announcement, s"),
        report::encodePrettily);
  }

  @Test
  void aStoreThatDoesNotExistIsRefused() {
    assertEquals(2, bench("bench", "owner", "--only", "zookeeper"));
    assertTrue(err.toString().contains("--only [zookeeper]"), err::toString);
  }
}
