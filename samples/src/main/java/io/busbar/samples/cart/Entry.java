package io.busbar.samples.cart;

import io.busbar.ownership.Holder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * A line of a journal.
 *
 * @param epoch under which it was written
 * @param writer who wrote it
 * @param request id of the request; "" = the cart was opened under this epoch
 * @param item what was put in or taken out
 * @param change how many, negative = taken out
 */
record Entry(long epoch, Holder writer, String request, String item, int change) {
  static Entry opened(long epoch, Holder writer) {
    return new Entry(epoch, writer, "", "", 0);
  }

  Buffer toBuffer() {
    return new JsonObject()
        .put("epoch", epoch)
        .put("host", writer.host())
        .put("incarnation", writer.incarnation())
        .put("request", request)
        .put("item", item)
        .put("change", change)
        .toBuffer();
  }

  static Entry of(Buffer text) {
    JsonObject json = text.toJsonObject();
    return new Entry(
        json.getLong("epoch"),
        new Holder(json.getString("host"), json.getLong("incarnation")),
        json.getString("request"),
        json.getString("item"),
        json.getInteger("change"));
  }
}
