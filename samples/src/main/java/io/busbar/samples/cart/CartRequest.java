package io.busbar.samples.cart;

import io.busbar.command.ReceivedCommand;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What somebody wants of a cart.
 *
 * @param what {@code add}, {@code remove} or {@code show}
 * @param cart its name
 * @param item of a change; "" = none
 * @param count how many
 * @param id of the request: a change with an id that the cart knows is not made again
 */
record CartRequest(String what, String cart, String item, int count, String id) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int MOST = 1_000_000;

  /** Reads a command; throws a failure that names what is wrong. */
  static CartRequest of(ReceivedCommand command) {
    JsonObject params = params(command.params());
    String what = command.name();
    if (!what.equals("add") && !what.equals("remove") && !what.equals("show")) {
      throw invalid("command", what, "add, remove or show");
    }
    String item = what.equals("show") ? "" : name(params, "item");
    Object count = params.getValue("count", 1);
    if (!(count instanceof Integer number) || number < 1 || number > MOST) {
      throw invalid("count", count, "1 to " + MOST);
    }
    String id = params.containsKey("request") ? name(params, "request") : random();
    return new CartRequest(what, name(params, "cart"), item, number, id);
  }

  static JsonObject params(Buffer text) {
    try {
      return text.length() == 0 ? new JsonObject() : text.toJsonObject();
    } catch (DecodeException | ClassCastException e) {
      throw invalid("params", text, "a JSON object");
    }
  }

  static String name(JsonObject params, String field) {
    Object value = params.getValue(field);
    if (value instanceof String text && NAME.matcher(text).matches()) {
      return text;
    }
    throw invalid(field, value, "1 to 64 letters, digits, dashes and underscores");
  }

  private static RuntimeException invalid(String field, Object value, String expected) {
    String given = value == null ? "is missing" : "'" + Failure.shorten(value.toString(), 40) + "'";
    String text = field + " " + given + ", expected ";
    return Failure.of(FailureCode.INVALID_REQUEST, text + expected).withUser(true).toException();
  }

  private static String random() {
    return UUID.randomUUID().toString();
  }

  /** As params of a command, for the owner. */
  Buffer toParams() {
    JsonObject params = new JsonObject().put("cart", cart).put("count", count).put("request", id);
    return (item.isEmpty() ? params : params.put("item", item)).toBuffer();
  }
}
