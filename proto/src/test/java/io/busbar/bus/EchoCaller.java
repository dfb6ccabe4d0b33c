package io.busbar.bus;

import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.testing.BytePattern;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The near side of stream tests: sends a pattern to an {@link EchoPeer} and checks what returns.
 */
final class EchoCaller {
  /** Bytes of one write. */
  static final int PIECE = 48_000;

  private final Lane lane;
  private final BytePattern pattern = new BytePattern(1);
  private final Map<CallId, Exchange> open = new HashMap<>();

  EchoCaller(Lane lane) {
    this.lane = lane;
    lane.handle(
        Item.BodyCase.ACCEPT,
        (from, item) -> {
          Exchange exchange = open.get(CallId.fromWire(item.getAccept().getId()));
          exchange.accepted(from, item.getAccept());
        });
  }

  /** What came back. */
  record Result(long bytes, Buffer last) {}

  /** Sends that many bytes; fails when other bytes return, or the stream breaks. */
  Future<Result> call(Endpoint to, String what, long bytes) {
    Exchange exchange = new Exchange(lane.nextId(), what, bytes);
    open.put(exchange.id, exchange);
    long limit = lane.firstLimit(lane.options().streamWindow());
    exchange.openReader(to, limit);
    lane.send(
        to,
        Item.newBuilder()
            .setOffer(
                Offer.newBuilder()
                    .setId(exchange.id.toWire())
                    .setAttempt(1)
                    .setPool(what)
                    .setResponseLimit(limit))
            .build());
    return exchange.done.future();
  }

  private final class Exchange {
    private final CallId id;
    private final boolean echo;
    private final long size;
    private final Promise<Result> done = Promise.promise();
    private BusWriter writer;
    private long written;
    private long returned;
    private Buffer last = Buffer.buffer();

    private Exchange(CallId id, String what, long size) {
      this.id = id;
      this.echo = what.equals("echo");
      this.size = size;
    }

    private void openReader(Endpoint to, long limit) {
      BusReader reader = lane.openReader(new StreamSpec(id, 1, Direction.RESPONSE, to, limit, 0));
      reader.exceptionHandler(done::tryFail);
      reader.handler(this::returned);
      reader.outcomeHandler(
          outcome -> {
            open.remove(id);
            if (echo && returned != size) {
              done.tryFail(new AssertionError("returned " + returned + " of " + size));
            } else {
              done.tryComplete(new Result(returned, last));
            }
          });
      reader.resume();
    }

    private void returned(Buffer piece) {
      if (echo && !pattern.matches(returned, piece)) {
        done.tryFail(new AssertionError("other bytes at " + returned));
      }
      returned += piece.length();
      last = piece;
    }

    private void accepted(Endpoint from, Accept accept) {
      writer =
          lane.openWriter(
              new StreamSpec(id, 1, Direction.REQUEST, from, accept.getRequestLimit(), 0));
      writer.exceptionHandler(done::tryFail);
      writer.drainHandler(v -> write());
      write();
    }

    private void write() {
      while (written < size) {
        if (writer.writeQueueFull()) {
          return;
        }
        int piece = (int) Math.min(PIECE, size - written);
        writer.write(pattern.at(written, piece));
        written += piece;
      }
      writer.end().onFailure(done::tryFail);
    }
  }
}
