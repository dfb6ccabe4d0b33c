package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
