package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the metrics of a node say of its runner front sides. */
class RunnerMetersTest {
  private final RunnerRig rig = new RunnerRig();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeEach
  void start() {
    RunnerMeters.bind(rig.node, meters);
    rig.options(o -> o.maxCalls(1)).start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  private double count(String name) {
    return meters.get(name).functionCounter().count();
  }

  /** A client may read the end of its call before the turn that wrote it has counted it. */
  private void turnIsOver() {
    rig.onLane(() -> {});
  }

  @Test
  void openCallsConnectionsAndRefusalsAreCounted() {
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement first = lb.engage().tryCall(RunnerRig.CALL).eof();
      var call = rig.calls.next();
      lb.engage().tryCall(RunnerRig.CALL).end();
      turnIsOver();
      assertEquals(1, gauge("busbar.runner.engages.active"));
      assertEquals(1, gauge("busbar.runner.connections"));
      assertEquals(1, count("busbar.runner.refused"));
      assertEquals(2, count("busbar.runner.engages"));
      call.respond(200).succeed();
      first.end();
      rig.until("ended", () -> count("busbar.runner.engages.ended") == 2);
      turnIsOver();
      assertEquals(0, gauge("busbar.runner.engages.active"));
    }
    rig.until("closed", () -> gauge("busbar.runner.connections") == 0);
  }

  @Test
  void streamsThatEndWithAnErrorStatusAreCounted() {
    try (FakeFnLb lb = rig.lb()) {
      lb.open("/RunnerProtocol/Nothing").raw().halfClose().end();
      turnIsOver();
      assertEquals(1, count("busbar.runner.faults"));
    }
  }

  @Test
  void unfinishedMessagesAreShown() {
    try (FakeFnLb lb = rig.lb()) {
      byte[] prefix = {0, 0, 0, 1, 0, 7, 7, 7};
      lb.open("/RunnerProtocol/Engage").raw().bytes(Buffer.buffer(prefix));
      rig.until("held", () -> gauge("busbar.runner.partial.used") > 0);
    }
    rig.until("given back", () -> gauge("busbar.runner.partial.used") == 0);
  }
}
