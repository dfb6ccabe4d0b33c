package io.busbar.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.member.BusClusterManager.Findings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepairTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Promise<Findings>> checks = new ArrayList<>();
  private final Repair repair = new Repair(this::check, meters);

  private Future<Findings> check() {
    Promise<Findings> check = Promise.promise();
    checks.add(check);
    return check.future();
  }

  private double findings(String kind) {
    return meters.get("busbar.audit.findings").tag("kind", kind).counter().count();
  }

  @Test
  void requestsDuringACheckLeadToOneMore() {
    repair.request();
    repair.request();
    repair.request();
    assertEquals(1, checks.size());
    checks.get(0).complete(new Findings(0, 0));
    assertEquals(2, checks.size());
    checks.get(1).complete(new Findings(0, 0));
    assertEquals(2, checks.size());
    repair.request();
    assertEquals(3, checks.size());
  }

  @Test
  void whatWasFoundIsCounted() {
    repair.request();
    checks.get(0).complete(new Findings(2, 3));
    assertEquals(2, findings("restored"));
    assertEquals(3, findings("dropped"));
    assertEquals(1, meters.get("busbar.audit.checks").counter().count());
  }

  @Test
  void aCheckThatFailsIsCountedAndTheNextOneRuns() {
    repair.request();
    repair.request();
    checks.get(0).fail("no");
    assertEquals(1, findings("check_failed"));
    assertEquals(2, checks.size());
  }

  @Test
  void afterTheStopNothingIsChecked() {
    repair.stop();
    repair.request();
    assertEquals(0, checks.size());
  }
}
