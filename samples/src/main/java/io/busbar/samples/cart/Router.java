package io.busbar.samples.cart;

import io.busbar.command.CommandRequest;
import io.busbar.command.Commands;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Brings a request to the owner of its cart, which is this node if nobody else is. While the owner
 * changes the request waits and is asked again, as long as its sender does: its id sees to it that
 * it is done once.
 */
final class Router {
  /** An owner that says nothing for so long is asked again, or another one is. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** With these a change may have been made, or is the next owner's to make. */
  private static final Set<FailureCode> AGAIN =
      Set.of(
          FailureCode.NODE_LOST,
          FailureCode.DEADLINE_EXCEEDED,
          FailureCode.OWNED,
          FailureCode.STALE_EPOCH);

  private final Ownership ownership;
  private final Commands commands;
  private final Carts carts;
  private final Changes changes;

  Router(Ownership ownership, Commands commands, Carts carts, Changes changes) {
    this.ownership = ownership;
    this.commands = commands;
    this.carts = carts;
    this.changes = changes;
  }

  /**
   * @param remaining ms until nobody waits for it any more
   */
  Future<Buffer> route(CartRequest request, LongSupplier remaining) {
    // Listens before it looks: no change is missed in between.
    Promise<Void> change = changes.next(Carts.KEYS + request.cart());
    return once(request, remaining.getAsLong())
        .onSuccess(done -> change.tryComplete())
        .recover(
            cause -> {
              if (isOver(Failure.of(cause)) || remaining.getAsLong() <= 0) {
                change.tryComplete();
                return Future.failedFuture(cause);
              }
              return change.future().compose(changed -> route(request, remaining));
            });
  }

  private static boolean isOver(Failure failure) {
    return !failure.retrySafe() && !AGAIN.contains(failure.code());
  }

  private Future<Buffer> once(CartRequest request, long remaining) {
    if (carts.has(request.cart())) {
      return carts.apply(request).map(JsonObject::toBuffer);
    }
    Future<OwnerAnswer> claimed = ownership.claim(Carts.KEYS + request.cart());
    return claimed.compose(
        answer ->
            answer.code() == OwnerCode.OWNED_BY_OTHER
                ? ask(answer.record().owner(), request, remaining)
                : here(request, claimed));
  }

  private Future<Buffer> here(CartRequest request, Future<OwnerAnswer> claimed) {
    Future<?> opened =
        carts.has(request.cart()) ? Future.succeededFuture() : carts.open(request.cart(), claimed);
    return opened.compose(cart -> carts.apply(request)).map(JsonObject::toBuffer);
  }

  private Future<Buffer> ask(String node, CartRequest request, long remaining) {
    Duration limit = Duration.ofMillis(Math.max(1, Math.min(remaining, PATIENCE.toMillis())));
    return commands
        .send(
            CommandRequest.of(CartService.at(node), request.what(), request.toParams())
                .withTimeout(limit))
        .reply()
        .map(reply -> Buffer.buffer(reply.getResult().toByteArray()));
  }
}
