package io.busbar.http2;

import java.util.List;
import java.util.Map;

/**
 * Headers to send: pseudo-headers first.
 *
 * @param fixed fields that are the same each time
 * @param more fields that differ; names in lower case
 */
public record HeaderBlock(List<HeaderField> fixed, Map<String, String> more) {
  public static HeaderBlock of(HeaderField... fixed) {
    return new HeaderBlock(List.of(fixed), Map.of());
  }

  public HeaderBlock with(Map<String, String> others) {
    return others.isEmpty() ? this : new HeaderBlock(fixed, others);
  }
}
