package io.busbar.testing;

import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Turns two kinds of log line into test failures, in every test of every module: an event loop that
 * was blocked (Vert.x's checker) and a buffer that was never released (Netty's leak detector).
 */
public final class EventLoopGuard implements BeforeAllCallback, AfterEachCallback {
  private static final String BLOCKED = "io.vertx.core.impl.BlockedThreadChecker";
  private static final String LEAKS = "io.netty.util.ResourceLeakDetector";
  private static final Pattern BLOCKED_FOR =
      Pattern.compile(
          "^Thread (?<thread>.*) has been blocked for (?<ms>\\d+) ms, time limit is (?<limit>\\d+)");

  /**
   * How many times the checker's limit (2 s unless a test sets it) counts as blocked. The checker
   * measures wall time: on two cores shared with the JVMs that tests start, a loop that does
   * nothing wrong was seen to be kept from running for more than 2 s, never for 6 s. The price is a
   * blind spot: what blocks for less than 6 s passes. What this guard is for does not: a loop that
   * waits for a lock, a future or a peer waits until a test's own limit of 20 s or more. A test
   * about shorter blocking sets a smaller limit on its Vert.x, as {@link EventLoopGuardTest} does.
   */
  private static final int STARVED = 3;

  private static final Recorder RECORDER = new Recorder();

  @Override
  public void beforeAll(ExtensionContext context) {
    RECORDER.attach();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    String first = RECORDER.findings.poll();
    RECORDER.findings.clear();
    boolean excused =
        context.getRequiredTestClass().isAnnotationPresent(FreezesProcess.class)
            || context.getRequiredTestMethod().isAnnotationPresent(FreezesProcess.class);
    if (first != null && !excused) {
      fail(first);
    }
  }

  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();

    synchronized void attach() {
      if (isStarted()) {
        return;
      }
      start();
      for (String name : new String[] {BLOCKED, LEAKS}) {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        logger.setLevel(Level.WARN);
        logger.addAppender(this);
      }
    }

    @Override
    protected void append(ILoggingEvent event) {
      String message = event.getFormattedMessage();
      if (event.getLoggerName().equals(LEAKS)) {
        if (message.startsWith("LEAK:")) {
          findings.add(message);
        }
        return;
      }
      Matcher blocked = BLOCKED_FOR.matcher(message);
      if (blocked.find()
          && blocked.group("thread").contains("eventloop")
          && Long.parseLong(blocked.group("ms"))
              > STARVED * Long.parseLong(blocked.group("limit"))) {
        findings.add(message);
      }
    }
  }
}
