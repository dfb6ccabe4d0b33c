package io.busbar.controlplane;

import io.busbar.gocart.wire.CartIdsReply;
import io.busbar.gocart.wire.OwnedCart;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnerState;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import java.util.List;

/**
 * Answers to GetCartIds: what this very node owns now, sorted; sealed keys and reservations not.
 */
final class OwnedKeys {
  /** Metadata with the last key of the page before; its presence asks for pages. */
  static final String PAGE_TOKEN = "x-cp-page-token";

  /** Metadata with the keys wanted per page. */
  static final String PAGE_SIZE = "x-cp-page-size";

  private final Ownership ownership;

  OwnedKeys(Ownership ownership) {
    this.ownership = ownership;
  }

  /** All of them, as a peer of the first version wants it. */
  Future<CartIdsReply> all(String node, long viewEpoch) {
    CartIdsReply.Builder reply = CartIdsReply.newBuilder().setViewEpoch(viewEpoch);
    return collect(node, "", reply);
  }

  private Future<CartIdsReply> collect(String node, String after, CartIdsReply.Builder reply) {
    return ownership
        .list(node, after, OwnerPage.MOST)
        .compose(
            page -> {
              add(page.records(), reply);
              return page.more() && !page.records().isEmpty()
                  ? collect(node, last(page), reply)
                  : Future.succeededFuture(reply.build());
            });
  }

  /** One page. */
  Future<CartIdsReply> page(String node, String after, int size, long viewEpoch) {
    return ownership
        .list(node, after, Math.max(1, Math.min(OwnerPage.MOST, size)))
        .map(
            page -> {
              CartIdsReply.Builder reply = CartIdsReply.newBuilder().setViewEpoch(viewEpoch);
              add(page.records(), reply);
              if (page.more() && !page.records().isEmpty()) {
                reply.setTruncated(true).setNextPageToken(last(page));
              }
              return reply.build();
            });
  }

  private static String last(OwnerPage page) {
    return page.records().get(page.records().size() - 1).key();
  }

  private void add(List<OwnerRecord> records, CartIdsReply.Builder reply) {
    long expires = System.currentTimeMillis() + ownership.lease().remainingMillis();
    for (OwnerRecord record : records) {
      if (record.state() == OwnerState.OWNED) {
        reply.addCartIds(record.key());
        reply.addOwned(
            OwnedCart.newBuilder()
                .setCartId(record.key())
                .setEpoch(record.epoch())
                .setLeaseExpiresUnixMs(expires));
      }
    }
  }
}
