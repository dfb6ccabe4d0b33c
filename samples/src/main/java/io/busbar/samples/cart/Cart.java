package io.busbar.samples.cart;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Holder;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A cart at its owner: what its journal says. Blocks on the disk; for one thread. */
final class Cart {
  private static final int IDS_KEPT = 1000;
  private static final int MOST_ITEMS = 1000;

  private final Holder owner;
  private final long epoch;
  private final Map<String, Integer> items = new TreeMap<>();
  private final Set<String> made = new LinkedHashSet<>();
  private final Journal journal;

  /** Reads the journal and writes that a new epoch began: from then on no older owner can write. */
  Cart(Path directory, Holder owner, long epoch) {
    this.owner = owner;
    this.epoch = epoch;
    this.journal = new Journal(directory, this::read);
    if (journal.epoch() != epoch) {
      journal.append(Entry.opened(epoch, owner));
    }
  }

  private void read(Entry entry) {
    if (entry.request().isEmpty()) {
      return;
    }
    items.merge(entry.item(), entry.change(), Integer::sum);
    items.remove(entry.item(), 0);
    made.add(entry.request());
    if (made.size() > IDS_KEPT) {
      made.remove(made.iterator().next());
    }
  }

  long epoch() {
    return epoch;
  }

  /** Done when it returns. Throws REJECTED, or STALE_EPOCH when another node owns the cart. */
  JsonObject apply(CartRequest request) {
    if (!request.what().equals("show") && !made.contains(request.id())) {
      int change = request.what().equals("add") ? request.count() : -request.count();
      check(request.item(), change);
      journal.append(new Entry(epoch, owner, request.id(), request.item(), change));
    }
    return new JsonObject()
        .put("cart", request.cart())
        .put("items", new JsonObject(new TreeMap<>(items)))
        .put("node", owner.host())
        .put("epoch", epoch);
  }

  private void check(String item, int change) {
    int has = items.getOrDefault(item, 0);
    if (has + (long) change < 0 || has + (long) change > Integer.MAX_VALUE) {
      throw rejected("the cart has " + has + " of '" + item + "'");
    } else if (has == 0 && items.size() >= MOST_ITEMS) {
      throw rejected("the cart has " + MOST_ITEMS + " different items, more do not go in");
    }
  }

  private static RuntimeException rejected(String detail) {
    return Failure.of(FailureCode.REJECTED, detail).withUser(true).toException();
  }
}
