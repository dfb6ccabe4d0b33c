package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Item;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CallLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.busbar.calls");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Level before = logger.getLevel();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(before);
  }

  private static String fact(ILoggingEvent line, String name) {
    return line.getKeyValuePairs().stream()
        .filter(kv -> kv.key.equals(name))
        .map(kv -> kv.value.toString())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRefusedCallersWaitIsTheOneOfTheLine() {
    Scene scene = new Scene(1, Map.of());
    scene.worker("b", "w", "p", 1).rejects = Failure.of(FailureCode.BUSY, "full");
    FakeCaller.Calling call = scene.caller().call("p", s -> s.setRemainingMs(700));
    scene.net.advance(800);
    long waited = call.refusals.get(0).getWaitedMs();
    assertEquals(700, waited);
    assertEquals("700", fact(lines.list.get(0), "wait_ms"));
  }

  @Test
  void aCallThatItsCallerEndsHasTheCallersWaitInItsLine() {
    Scene scene = new Scene(1, Map.of());
    scene.worker("b", "w", "p", 1).service = 40;
    FakeCaller.Calling call = scene.caller().call("p");
    scene
        .lane(0)
        .send(
            scene.lane(0).endpoint(),
            Item.newBuilder()
                .setDone(Done.newBuilder().setId(call.id.toWire()).setWaitedMs(17))
                .build());
    scene.net.advance(100);
    assertEquals("17", fact(lines.list.get(0), "wait_ms"));
  }

  private static FakeCaller.Calling run() {
    Scene scene = new Scene(1, Map.of());
    scene.worker("b", "w", "p", 1).service = 40;
    FakeCaller.Calling call = scene.caller().call("p", s -> s.setTenant("t"));
    scene.net.advance(100);
    return call;
  }

  @Test
  void aFinishedCallIsOneLineWithItsFacts() {
    FakeCaller.Calling call = run();
    assertEquals(1, lines.list.size());
    Map<String, String> facts = new TreeMap<>();
    lines.list.get(0).getKeyValuePairs().forEach(kv -> facts.put(kv.key, kv.value.toString()));
    assertEquals(
        new TreeMap<>(
            Map.ofEntries(
                Map.entry("call", call.id.toString()),
                Map.entry("pool", "p"),
                Map.entry("outcome", "ok"),
                Map.entry("status", "200"),
                Map.entry("worker", "w"),
                Map.entry("worker_node", "b"),
                Map.entry("attempts", "1"),
                Map.entry("wait_ms", "0"),
                Map.entry("duration_ms", "40"),
                Map.entry("bytes_in", "10"),
                Map.entry("bytes_out", "20"),
                Map.entry("tenant", "t"))),
        facts);
  }

  @Test
  void theLevelSwitchesItOff() {
    logger.setLevel(Level.WARN);
    run();
    assertEquals(0, lines.list.size());
  }
}
