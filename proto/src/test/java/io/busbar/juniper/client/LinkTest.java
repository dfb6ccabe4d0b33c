package io.busbar.juniper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection that breaks, as its pauses see it: chance is asked for one of so many numbers. */
class LinkTest {
  private static final Duration FIRST = Duration.ofMillis(8);
  private static final Duration LONGEST = Duration.ofMillis(32);

  private final BlockingQueue<Long> bounds = new LinkedBlockingQueue<>();
  private ScriptedServer server;
  private Link link;

  private static final class Ignores implements Link.Handler {
    @Override
    public void opened() {}

    @Override
    public void text(String message) {}

    @Override
    public void binary(Buffer message) {}

    @Override
    public void lost(String reason) {}
  }

  @BeforeEach
  void open() throws Exception {
    server = new ScriptedServer();
  }

  @AfterEach
  void close() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    link.run(
        () -> link.close().onSuccess(closed::complete).onFailure(closed::completeExceptionally));
    closed.get(60, TimeUnit.SECONDS);
    server.close();
  }

  private void connect(JuniperServer where) {
    link =
        new Link(
            server.vertx,
            where.withPauses(FIRST, LONGEST),
            "/x",
            new Ignores(),
            bound -> {
              bounds.add(bound);
              return bound - 1;
            });
    link.run(link::open);
  }

  private long bound() throws InterruptedException {
    Long bound = bounds.poll(60, TimeUnit.SECONDS);
    if (bound == null) {
      throw new AssertionError("no pause began");
    }
    return bound;
  }

  @Test
  void aConnectionThatBreaksAgainAndAgainIsOpenedLaterEachTime() throws Exception {
    connect(server.where());
    for (long bound : List.of(5L, 9L, 17L, 17L)) {
      server.accept().drop();
      assertEquals(bound, bound());
    }
  }

  @Test
  void aServerThatIsNotThereIsTriedLaterEachTime() throws Exception {
    connect(JuniperServer.of("ws://127.0.0.1:1"));
    for (long bound : List.of(5L, 9L, 17L, 17L)) {
      assertEquals(bound, bound());
    }
  }

  @Test
  void aConnectionThatDidWhatWasWantedIsOpenedSoonWhenItBreaks() throws Exception {
    connect(server.where());
    server.accept().drop();
    server.accept().drop();
    ScriptedServer.Connection third = server.accept();
    CompletableFuture<Void> settled = new CompletableFuture<>();
    link.run(
        () -> {
          link.settled();
          settled.complete(null);
        });
    settled.get(60, TimeUnit.SECONDS);
    third.drop();

    assertEquals(List.of(5L, 9L, 5L), List.of(bound(), bound(), bound()));
  }
}
