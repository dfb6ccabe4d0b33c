package io.busbar.testing;

import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

class EventLoopGuardTest {
  @Test
  void aBlockedEventLoopFailsTheTest() {
    EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
        .selectors(DiscoverySelectors.selectMethod(Blocking.class, "blocks"))
        .execute()
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                test("blocks"),
                finishedWithFailure(message(m -> m.contains("has been blocked for")))));
  }

  /** Run by the test above only. */
  @Tag("guarded")
  static class Blocking {
    @Test
    void blocks() throws Exception {
      Vertx vertx =
          Vertx.vertx(
              new VertxOptions()
                  .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                  .setMaxEventLoopExecuteTime(20)
                  .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                  .setBlockedThreadCheckInterval(5));
      CountDownLatch seen = new CountDownLatch(1);
      ch.qos.logback.classic.Logger logger =
          (ch.qos.logback.classic.Logger)
              org.slf4j.LoggerFactory.getLogger("io.vertx.core.impl.BlockedThreadChecker");
      var watcher =
          new ch.qos.logback.core.AppenderBase<ch.qos.logback.classic.spi.ILoggingEvent>() {
            @Override
            protected void append(ch.qos.logback.classic.spi.ILoggingEvent event) {
              if (event.getFormattedMessage().matches(".*blocked for [0-9]{3,} ms.*")) {
                seen.countDown();
              }
            }
          };
      watcher.start();
      logger.addAppender(watcher);
      vertx.runOnContext(
          v -> {
            try {
              seen.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      seen.await(30, TimeUnit.SECONDS);
      logger.detachAppender(watcher);
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }
}
