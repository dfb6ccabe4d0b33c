package io.busbar.contract;

import java.util.List;

/**
 * How one exchange ended for the client.
 *
 * @param whole the front side said that the body is complete and the call a success
 * @param status of the answer, 0 = none came
 * @param failure the failure's name where the front side tells it, else its number as text; "" =
 *     none
 * @param retrySafe what the front side said of a retry; null where the protocol cannot say
 * @param bytes of the body that arrived
 * @param checksum of them
 * @param detail for people
 */
record Result(
    boolean whole,
    int status,
    String failure,
    Boolean retrySafe,
    long bytes,
    long checksum,
    String detail) {

  boolean failedWith(List<String> any) {
    return !whole && any.contains(failure);
  }
}
