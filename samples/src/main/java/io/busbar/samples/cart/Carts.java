package io.busbar.samples.cart;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The carts that this node owns. On the plugin's own thread. */
final class Carts {
  static final String KEYS = "cart/";
  private static final int MOST = 10_000;

  private final Ownership ownership;
  private final Path journals;
  private final Map<String, Future<Cart>> mine = new HashMap<>();

  Carts(Ownership ownership, Path journals) {
    this.ownership = ownership;
    this.journals = journals;
  }

  /** All carts may be somebody else's. */
  void forgetAll() {
    mine.clear();
  }

  /** A cart that has a new epoch is somebody else's: what is in memory is a thing of the past. */
  void heard(OwnerChange change) {
    if (change.record() != null && change.key().startsWith(KEYS)) {
      String name = change.key().substring(KEYS.length());
      Future<Cart> cart = mine.get(name);
      if (cart != null && cart.succeeded() && change.record().epoch() > cart.result().epoch()) {
        mine.remove(name);
      }
    }
  }

  boolean has(String cart) {
    return mine.containsKey(cart);
  }

  /** Names of the carts that are open now. */
  Set<String> names() {
    return Set.copyOf(mine.keySet());
  }

  /** Opens a cart with what the ownership said; fails with the refusal, if it is one. */
  Future<Cart> open(String cart, Future<OwnerAnswer> answer) {
    if (mine.size() >= MOST && !has(cart)) {
      return Future.failedFuture(
          Failure.of(FailureCode.TOO_MANY_REQUESTS, MOST + " carts are open here").toException());
    }
    Future<Cart> opened =
        answer
            .compose(OwnerAnswer::orFail)
            .map(key -> new Cart(journals.resolve(cart), key.holder(), key.epoch()));
    mine.put(cart, opened);
    return opened.onFailure(cause -> mine.remove(cart, opened));
  }

  /** Does it here; the cart is claimed for this node unless it is its own already. */
  Future<JsonObject> apply(CartRequest request) {
    Future<Cart> known = mine.get(request.cart());
    Future<Cart> cart =
        known != null ? known : open(request.cart(), ownership.claim(KEYS + request.cart()));
    return cart.map(ours -> apply(ours, request));
  }

  private JsonObject apply(Cart cart, CartRequest request) {
    if (ownership.lease().remainingMillis() == 0) {
      throw Failure.of(FailureCode.UNAVAILABLE, "the lease of this node is over").toException();
    }
    try {
      return cart.apply(request);
    } catch (UncheckedIOException e) {
      // What the journal has now is not known: it is read again.
      mine.remove(request.cart());
      throw e;
    } catch (RuntimeException e) {
      if (Failure.of(e).code() == FailureCode.STALE_EPOCH) {
        mine.remove(request.cart());
      }
      throw e;
    }
  }

  /** A node that takes a sealed cart. */
  interface Taker {
    Future<?> take(String node, String cart, long epoch);
  }

  /** Gives a cart to one of these nodes; else it is free for whoever gets its next request. */
  Future<?> handOver(String name, List<String> nodes, Taker taker) {
    Future<Cart> cart = mine.remove(name);
    return cart == null
        ? Future.succeededFuture()
        : cart.compose(ours -> handOver(name, ours.epoch(), nodes, taker));
  }

  private Future<?> handOver(String name, long epoch, List<String> nodes, Taker taker) {
    String key = KEYS + name;
    if (nodes.isEmpty()) {
      return ownership.release(key, epoch);
    }
    String next = nodes.get(Math.floorMod(name.hashCode(), nodes.size()));
    // Nothing is to be flushed: each change was in the journal before it was confirmed.
    return ownership
        .seal(key, epoch, next)
        .compose(stopped -> taker.take(next, name, epoch).<OwnerAnswer>mapEmpty())
        .recover(cause -> ownership.release(key, epoch));
  }
}
