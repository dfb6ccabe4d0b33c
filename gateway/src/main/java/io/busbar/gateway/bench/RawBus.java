package io.busbar.gateway.bench;

import io.busbar.Busbar;
import io.busbar.gateway.log.Logging;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Map;

/**
 * Plain event-bus messages of 64 KiB from this process to another, no more of them under way than a
 * window: what the bus itself carries.
 */
final class RawBus {
  static final int MESSAGE = 64 << 10;

  private static final String DATA = "bench.raw.data";
  private static final String CREDIT = "bench.raw.credit";
  private static final int WINDOW = 128;
  private static final int CREDIT_EVERY = 16;

  private final Vertx vertx;
  private final Buffer message = Buffer.buffer(new byte[MESSAGE]);
  private final Context context;
  private int left;
  private int unacknowledged;
  private Promise<Void> done;

  RawBus(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
  }

  /** Registers the sending side. */
  Future<Void> open() {
    Promise<Void> opened = Promise.promise();
    context.runOnContext(
        v -> {
          MessageConsumer<Integer> credits = vertx.eventBus().consumer(CREDIT);
          credits.handler(credit -> credited(credit.body()));
          credits.completion().onComplete(opened);
        });
    return opened.future();
  }

  /** Sends so many messages and completes when all have arrived. Not while another runs. */
  Future<Void> send(int messages) {
    Promise<Void> all = Promise.promise();
    context.runOnContext(
        v -> {
          left = messages;
          done = all;
          fill();
        });
    return all.future();
  }

  private void credited(int count) {
    unacknowledged -= count;
    fill();
    if (left == 0 && unacknowledged == 0 && done != null) {
      done.tryComplete();
    }
  }

  private void fill() {
    while (left > 0 && unacknowledged < WINDOW) {
      left--;
      unacknowledged++;
      vertx.eventBus().send(DATA, message);
    }
  }

  /** The receiving side, a process of its own. */
  static final class Receiver {
    private static final long START_SECONDS = 120;
    private int owed;

    private Receiver() {}

    public static void main(String[] args) throws Exception {
      Logging.early();
      Map<String, String> given = Joined.arguments(args);
      Vertx vertx =
          Target.await(
              Busbar.clustered(
                  Joined.options(given.get("--name"), given.get("--cluster"), given.get("--join"))),
              START_SECONDS);
      Receiver receiver = new Receiver();
      MessageConsumer<Buffer> data = vertx.eventBus().consumer(DATA);
      data.handler(message -> receiver.received(vertx));
      Target.await(data.completion(), START_SECONDS);
      System.out.println("READY node=" + given.get("--name"));
    }

    private void received(Vertx vertx) {
      if (++owed == CREDIT_EVERY) {
        vertx.eventBus().send(CREDIT, owed);
        owed = 0;
      }
    }
  }
}
