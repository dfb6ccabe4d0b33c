package io.busbar.http;

import io.busbar.edge.Headers;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.SortedMap;

/**
 * A page of a list that may be long.
 *
 * @param limit largest number of entries
 * @param after only entries with a name after this one, "" = from the first
 */
record Paging(int limit, String after) {
  private static final int DEFAULT_LIMIT = 1000;
  private static final int MOST = 10_000;

  /** As the query asks for it; throws INVALID_REQUEST for a limit that is none. */
  static Paging of(HttpServerRequest request) {
    return new Paging(limit(request.getParam("limit")), request.getParam("after", ""));
  }

  private static int limit(String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    long value = Headers.parseLength(text);
    if (value < 1 || value > MOST) {
      throw Failure.of(
              FailureCode.INVALID_REQUEST,
              "limit is '" + Failure.shorten(text, 40) + "', expected 1 to " + MOST)
          .toException();
    }
    return (int) value;
  }

  /** The entries of the page; {@code next} names the last one when others follow it. */
  Buffer page(String member, SortedMap<String, JsonObject> all) {
    JsonArray list = new JsonArray();
    String last = null;
    boolean more = false;
    for (Map.Entry<String, JsonObject> entry : all.tailMap(after + "\0").entrySet()) {
      if (list.size() == limit) {
        more = true;
        break;
      }
      list.add(entry.getValue());
      last = entry.getKey();
    }
    JsonObject json = new JsonObject().put(member, list);
    if (more) {
      json.put("next", last);
    }
    return json.toBuffer();
  }
}
