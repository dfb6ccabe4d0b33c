package io.busbar.samples.cart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.ownership.Holder;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CartTest {
  private static final Holder A = new Holder("a", 1);
  private static final Holder B = new Holder("b", 1);

  @TempDir private Path directory;

  private static CartRequest request(String what, int count, String id) {
    return new CartRequest(what, "c", what.equals("show") ? "" : "apple", count, id);
  }

  private static JsonObject items(Cart cart) {
    return cart.apply(request("show", 1, "look")).getJsonObject("items");
  }

  @Test
  void theNextOwnerHasAllThatWasConfirmed() {
    Cart first = new Cart(directory, A, 5);
    first.apply(request("add", 3, "1"));
    first.apply(request("remove", 1, "2"));

    Cart second = new Cart(directory, B, 6);

    assertEquals(new JsonObject().put("apple", 2), items(second));
    FailureException refused =
        assertThrows(FailureException.class, () -> first.apply(request("add", 1, "3")));
    assertEquals(FailureCode.STALE_EPOCH, refused.failure().code());
    assertEquals(new JsonObject().put("apple", 2), items(second));
  }

  @Test
  void aRequestIsDoneOnceAlsoByTheNextOwner() {
    new Cart(directory, A, 5).apply(request("add", 3, "1"));
    Cart second = new Cart(directory, B, 6);
    second.apply(request("add", 3, "1"));
    assertEquals(new JsonObject().put("apple", 3), items(second));
  }

  @Test
  void moreThanThereIsCannotBeTakenOut() {
    Cart cart = new Cart(directory, A, 5);
    cart.apply(request("add", 2, "1"));
    FailureException refused =
        assertThrows(FailureException.class, () -> cart.apply(request("remove", 3, "2")));
    assertEquals(FailureCode.REJECTED, refused.failure().code());
    assertEquals(new JsonObject().put("apple", 2), items(cart));
  }

  @Test
  void anItemWithNoneLeftIsGone() {
    Cart cart = new Cart(directory, A, 5);
    cart.apply(request("add", 2, "1"));
    cart.apply(request("remove", 2, "2"));
    assertEquals(new JsonObject(), items(cart));
  }

  @Test
  void openedAgainUnderItsEpochItGoesOn() {
    new Cart(directory, A, 5).apply(request("add", 2, "1"));
    Cart again = new Cart(directory, A, 5);
    again.apply(request("add", 1, "2"));
    assertEquals(new JsonObject().put("apple", 3), items(again));
  }
}
