package io.busbar.ownership.impl;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Epochs;
import io.busbar.ownership.Holder;
import io.busbar.ownership.Ownership;
import java.nio.charset.StandardCharsets;

/** Which names and numbers can be taken at all. Null = good. */
final class OwnerNames {
  private OwnerNames() {}

  static Failure key(String key) {
    return text("key", key, Ownership.MAX_KEY);
  }

  static Failure host(String host) {
    return text("host", host, Ownership.MAX_HOST);
  }

  static Failure holder(Holder holder) {
    Failure refused = host(holder.host());
    boolean inRange = holder.incarnation() >= 0 && holder.incarnation() <= Epochs.LARGEST;
    return refused != null || inRange
        ? refused
        : invalid("incarnation " + holder.incarnation() + ", expected 0 to " + Epochs.LARGEST);
  }

  static Failure epoch(long epoch) {
    return epoch >= 0 && epoch <= Epochs.LARGEST
        ? null
        : invalid("epoch " + epoch + ", expected 0 to " + Epochs.LARGEST);
  }

  private static Failure text(String field, String value, int most) {
    boolean good =
        !value.isEmpty()
            && value.length() <= most
            && value
                .chars()
                .noneMatch(
                    c ->
                        Character.isISOControl(c)
                            || Character.isSurrogate((char) c) && !paired(value))
            && value.getBytes(StandardCharsets.UTF_8).length <= most;
    return good
        ? null
        : invalid(
            field
                + " '"
                + Failure.shorten(value, 40)
                + "', expected 1 to "
                + most
                + " bytes of text without control characters");
  }

  private static boolean paired(String value) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(value);
  }

  private static Failure invalid(String detail) {
    return Failure.of(FailureCode.INVALID_REQUEST, detail);
  }
}
